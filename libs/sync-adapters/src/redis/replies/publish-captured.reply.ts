import type { PublishResult } from '@redis-mongo-sync/sync-core';

type Reply = [outcome: 'published' | 'already' | 'fenced' | 'set-back', ...indices: number[]];

/** A call that has run before is as good as one that ran now. */
export function parsePublishCapturedReply(raw: unknown): PublishResult {
  const [outcome, ...indices] = raw as Reply;
  switch (outcome) {
    case 'published':
    case 'already':
      return { outcome: 'published' };
    case 'fenced':
      return { outcome };
    case 'set-back':
      return { outcome, indices };
  }
}
