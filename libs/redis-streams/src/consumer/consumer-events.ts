import type { BreakerSnapshot } from './circuit-breaker.js';
import type { ConsumerMode } from './consumer-mode.js';

export interface ModeChange {
  readonly from: ConsumerMode;
  readonly to: ConsumerMode;
}

export interface BreakerChange extends BreakerSnapshot {
  /** Until the next try; null unless open. */
  readonly waitMs: number | null;
  readonly error?: unknown;
}

/** Everything that happens to a consumer besides plain work; each becomes one metric and one log line. */
export interface ConsumerEvents {
  mode: [ModeChange];
  breaker: [BreakerChange];
  /** Stream or group vanished (deleted, flushed, failover). Entries may be gone for good: repair from the source. */
  'group-lost': [{ readonly error: unknown }];
  'group-created': [{ readonly startId: string }];
  /**
   * Entries that were trimmed or deleted before they were handled. An alarm. `ids`: of those that were pending;
   * nobody knows the ids of the others, which had not been read yet.
   */
  lost: [{ readonly count: number; readonly ids: readonly string[] }];
  /** Entries of consumers that stopped answering, taken over. */
  reclaimed: [{ readonly count: number }];
  'entry-failed': [{ readonly id: string; readonly attempts: number; readonly error: unknown }];
  'dead-lettered': [
    {
      readonly id: string;
      readonly letterId: string;
      readonly attempts: number;
      readonly error: unknown;
    },
  ];
  fatal: [{ readonly error: unknown }];
}
