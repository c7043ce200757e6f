import type { StoredEntry, StorePage } from './audit-store.js';
import type { HeadWatcher } from './head-watcher.js';
import { backoffMs, pause } from './pause.js';

const TAIL_PAGE = 500;
const RETRY_MS = 100;

interface TailSource {
  readonly page: (page: StorePage) => Promise<readonly StoredEntry[]>;
  readonly watcher: HeadWatcher;
  readonly onError: (error: unknown) => void;
}

/** Follows the log: by its promise (see AuditStore) nothing can appear behind the last entry that was seen. */
export async function* tail(
  source: TailSource,
  afterSequence: number,
  signal: AbortSignal,
): AsyncGenerator<StoredEntry, void, undefined> {
  let after = afterSequence;
  let failures = 0;
  while (!signal.aborted) {
    let entries: readonly StoredEntry[];
    try {
      entries = await source.page({ after, order: 'asc', limit: TAIL_PAGE });
      failures = 0;
    } catch (error) {
      if (aborted(signal)) return;
      source.onError(error);
      await pause(backoffMs(RETRY_MS, failures++), signal);
      continue;
    }
    for (const entry of entries) {
      if (aborted(signal)) return;
      yield entry;
      after = entry.sequence;
    }
    if (entries.length < TAIL_PAGE) await source.watcher.beyond(after, signal);
  }
}

/** A function, as the compiler takes `signal.aborted` for a constant across an await. */
function aborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
