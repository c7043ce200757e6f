import type { LedgerPage } from '@redis-mongo-sync/sync-adapters';
import type { Direction } from '@redis-mongo-sync/sync-core';
import type { ConsistencyFigure } from '../healing/consistency/consistency-tally.js';
import type { MissingEntries } from '../healing/ledger/missing-entries.js';
import type { OplogStatus } from '../healing/oplog/oplog-watch.js';
import type { CaptureStatus, LaneStatus } from './engine-observer.js';
import type { HealthCheck } from './health-check.js';
import type { SyncReport } from './sync-report.js';

/** Hears how long a write took from its client to its apply at the other store. */
export type LagListener = (direction: Direction, seconds: number) => void;

/** What the sync is doing: for health checks, metrics and people. It changes nothing. */
export abstract class SyncStatus {
  abstract readonly capture: CaptureStatus;
  /** Things that a person should have looked at, since this process started. */
  abstract readonly alerts: number;
  abstract readonly oplog: OplogStatus;
  /** Share of sampled writes that both stores had in time. */
  abstract readonly consistency: ConsistencyFigure;
  abstract lane(direction: Direction): LaneStatus;
  /** The ledger of a direction, beside what its stream holds at the same moment. */
  abstract ledger(direction: Direction): Promise<LedgerPage>;
  abstract missing(direction: Direction): Promise<MissingEntries>;
  /** Looks at the oplog now, instead of saying what it was like a few seconds ago. */
  abstract lookAtOplog(): Promise<OplogStatus>;
  /** All figures. Rejects with `StoreUnavailableError` while Redis, where they are kept, does not answer. */
  abstract report(): Promise<SyncReport>;
  abstract healthChecks(): readonly HealthCheck[];
  abstract onLag(listener: LagListener): void;
}
