import type { AuditLog } from '../audit-log.js';
import type { RecordedEntry } from '../audit-entry.js';

export interface Follower {
  readonly seen: RecordedEntry[];
  readonly sequences: () => number[];
  /** Ends it; rejects with what the tail threw. */
  readonly stop: () => Promise<void>;
}

/** Follows the log in the background and keeps what it sees. */
export function follow(log: AuditLog, afterSequence = 0): Follower {
  const abort = new AbortController();
  const seen: RecordedEntry[] = [];
  const run = async () => {
    for await (const entry of log.tail(afterSequence, abort.signal)) seen.push(entry);
  };
  const done = run();
  done.catch(() => undefined); // reported by stop()
  return {
    seen,
    sequences: () => seen.map(({ sequence }) => sequence),
    stop: async () => {
      abort.abort();
      await done;
    },
  };
}
