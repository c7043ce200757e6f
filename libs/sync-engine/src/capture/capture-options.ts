import type { Clock } from '@redis-mongo-sync/redis-streams';
import type {
  CaptureJournal,
  ChangeFeed,
  EntityDefinition,
  MongoAuthority,
  UnsyncableLog,
} from '@redis-mongo-sync/sync-core';
import type { CaptureObserver } from './capture-observer.js';
import type { CaptureLease } from './lease-keeper.js';

export interface CaptureFlowOptions {
  readonly entities: readonly EntityDefinition[];
  /** Makes sure that collections and indexes are there; repeated whenever capture begins. */
  readonly prepare: () => Promise<void>;
  readonly feed: ChangeFeed;
  readonly journal: CaptureJournal;
  readonly authority: MongoAuthority;
  /** Where documents that cannot be synced are listed. */
  readonly unsyncable: UnsyncableLog;
  readonly lease: CaptureLease;
  /** Whether `mongo_changes` is at its cap: capture then waits instead of losing anything. */
  readonly isFull: () => boolean;
  /** About how many documents a snapshot will publish after `afterId`; without it the total is unknown. */
  readonly estimate?: (entity: EntityDefinition, afterId: string | null) => Promise<number>;
  readonly observer: CaptureObserver;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** In [0, 1), for the jitter of the back-off. Default: `Math.random`. */
  readonly random?: () => number;
}
