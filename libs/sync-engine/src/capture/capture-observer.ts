import type { ChangeEvent, SyncAlert } from '@redis-mongo-sync/sync-core';
import type { SnapshotStatus } from './snapshot-progress.js';

/**
 * - `standby`: another sync-service holds the lease and captures;
 * - `snapshotting`: publishing every document, because there is no position to resume from;
 * - `streaming`: publishing changes as they happen;
 * - `throttled`: the stream is at its cap, waiting for consumers;
 * - `waiting`: a store is unavailable, trying again with back-off;
 * - `stopped`.
 */
export type CaptureMode = 'standby' | 'snapshotting' | 'streaming' | 'throttled' | 'waiting' | 'stopped';

/** Hears what capture does. */
export interface CaptureObserver {
  modeChanged(mode: CaptureMode, reason?: string): void;
  /** A batch was published. `changedAt`: epoch ms of its newest change by Mongo's clock. */
  published(events: readonly ChangeEvent[], changedAt?: number): void;
  /** How far a snapshot is; null when it is complete. */
  snapshot?(status: SnapshotStatus | null): void;
  /** Something a person should know of. */
  alert(code: SyncAlert, message: string): void;
}
