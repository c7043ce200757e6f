import type { Bucket } from '@redis-mongo-sync/sync-core';

type Reply = [digest: string, count: number, lastKey: string, more: 0 | 1];

export function parseDigestBucketReply(raw: unknown): Bucket {
  const [digest, count, lastKey, more] = raw as Reply;
  return { digest, count, lastKey: lastKey === '' ? null : lastKey, more: more === 1 };
}
