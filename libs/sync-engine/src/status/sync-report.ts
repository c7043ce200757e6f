import type { Direction } from '@redis-mongo-sync/sync-core';
import type { ConsistencyFigure } from '../healing/consistency/consistency-tally.js';
import type { OplogStatus } from '../healing/oplog/oplog-watch.js';
import type { UnsyncableCounts } from '../unsyncable/unsyncable-watch.js';
import type { SnapshotStatus } from '../capture/snapshot-progress.js';

/** The figures of one direction. Counts are from the ledger, and survive restarts. */
export interface DirectionReport {
  readonly stream: string;
  readonly mode: string;
  /** ISO time since when the ledger counts; null before the first entry. */
  readonly since: string | null;
  readonly captured: number;
  readonly applied: number;
  readonly stale: number;
  readonly duplicate: number;
  readonly echo: number;
  readonly superseded: number;
  readonly deadLettered: number;
  readonly inFlight: number;
  readonly balanced: boolean;
  /** How many entries are missing; negative: the stream has more than the ledger says. 0 when it balances. */
  readonly missing: number;
  /** Ids of missing events, where they can be told; at most 20. */
  readonly missingEvents: readonly string[];
  /** Since this process started. */
  readonly retries: number;
  /** Versions of this way that lost against a concurrent one and are in the conflict log; since this process started. */
  readonly conflicts: number;
  /** ms from the client's write to its apply; percentiles of the last one to two minutes. */
  readonly lagMs: {
    readonly now: number | null;
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
    readonly max: number | null;
    readonly samples: number;
  };
  readonly streamLength: number;
  readonly pending: number;
  readonly unread: number;
  /** ms since the oldest entry that is not settled came into the stream; 0 when there is none. */
  readonly positionAgeMs: number;
  readonly deadLettersWaiting: number;
}

export interface CaptureReport {
  readonly mode: string;
  readonly reason: string | null;
  /** ms since capture last knew that it had everything; null before the first time. */
  readonly positionAgeMs: number | null;
  /** ISO time since when it has been in this mode. */
  readonly since: string;
  /** How far a snapshot is; null when none is under way. */
  readonly snapshot: SnapshotStatus | null;
  /** How far back MongoDB's oplog reaches, and where the stored position lies in it. */
  readonly oplog: OplogStatus;
}

/** The last comparison of both stores that came to its end. */
export interface LastReconcile {
  readonly endedAt: string | null;
  readonly mode: 'sample' | 'full';
  readonly compared: number;
  readonly differ: number;
  readonly settling: number;
}

/** What the sync is doing, in figures. */
export interface SyncReport {
  readonly time: string;
  readonly upSeconds: number;
  readonly alerts: number;
  readonly capture: CaptureReport;
  /** Share of sampled writes that both stores had in time. */
  readonly consistency: ConsistencyFigure;
  /** Null before the first one of this process. */
  readonly reconcile: LastReconcile | null;
  /** Documents that are not synced, by entity and reason; null: not known. */
  readonly unsyncable: UnsyncableCounts | null;
  readonly directions: Readonly<Record<Direction, DirectionReport>>;
}
