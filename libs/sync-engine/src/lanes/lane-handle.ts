import type { ConsumerMode } from '@redis-mongo-sync/redis-streams';
import type { Direction } from '@redis-mongo-sync/sync-core';

/** What a caller may do with a lane. */
export interface LaneHandle {
  readonly direction: Direction;
  readonly mode: ConsumerMode;
  /** Reads nothing more until {@link resume}; what is in flight is settled. */
  pause(): void;
  resume(): void;
  /** Re-emits now what is missing on the stream, as housekeeping does when it notices. */
  repair(): Promise<void>;
}
