import type { ChangeEvent } from '../domain/change-event.js';
import type { EntityDefinition } from '../domain/entity.js';
import type { IntoMongo } from '../domain/decide-into-mongo.js';
import type { IntoRedis } from '../domain/decide-into-redis.js';
import type { MongoImage } from '../domain/mongo-image.js';
import type { Outcome } from '../domain/outcome.js';
import type { HeldRecord } from '../domain/record-text.js';
import type { Stamp } from '../domain/stamp.js';

/** A change event with the id of the stream entry that carries it. */
export interface ChangeDelivery {
  readonly entryId: string;
  readonly event: ChangeEvent;
}

/** A delivery whose journey is over, and how it ended. */
export interface SettledDelivery {
  readonly delivery: ChangeDelivery;
  readonly outcome: Outcome;
}

/**
 * What the projections made of one delivery; see {@link IntoRedis}. What is the same is an `echo` where it comes back
 * to Redis for the first time, a `duplicate` otherwise. `settled`: acknowledged and counted in the same step.
 */
export type ProjectionResult =
  | { readonly decision: Extract<IntoRedis, 'apply'>; readonly settled: true; readonly before: Stamp | null }
  | { readonly decision: 'echo' | 'duplicate'; readonly settled: true }
  | { readonly decision: Extract<IntoRedis, 'stale'>; readonly settled: boolean; readonly winner: Stamp }
  /** Nothing was written. */
  | { readonly decision: Extract<IntoRedis, 'merge'>; readonly settled: false; readonly held: HeldRecord };

/** Redis as the target of changes from Mongo. */
export interface ProjectionTarget {
  /**
   * Compares and writes all deliveries of one entity in one atomic step, in their order.
   *
   * @param mode `merge`: at equal version the incoming image is written
   */
  apply(
    entity: EntityDefinition,
    deliveries: readonly ChangeDelivery[],
    mode?: 'compare' | 'merge',
  ): Promise<readonly ProjectionResult[]>;
  /** Acknowledges and counts deliveries whose effect is in place. */
  settle(settlements: readonly SettledDelivery[]): Promise<void>;
  /** Gives Redis's record a new version and re-emits it, if it still has the given version. */
  reEmitAnew(entity: EntityDefinition, key: string, version: number): Promise<void>;
  /** Emits Redis's write again as it was, if it is still in flight: its stream entry was lost. */
  reEmit(entity: EntityDefinition, key: string): Promise<void>;
}

/** A delivery to be written to Mongo. */
export interface ApplyAttempt extends ChangeDelivery {
  /** The version in Mongo that may be overwritten although the writer had not seen it: it has been kept. */
  readonly over?: number;
}

/**
 * What Mongo made of one delivery; see {@link IntoMongo}. Nothing was written unless it says `apply`.
 * `refused`: the document cannot be written as it is (a validator, another unique index).
 */
export type RecordResult =
  | { readonly decision: Extract<IntoMongo, 'apply' | 'same'> }
  | { readonly decision: Extract<IntoMongo, 'stale'>; readonly current: MongoImage }
  | { readonly decision: Extract<IntoMongo, 'concurrent'>; readonly current: MongoImage }
  | { readonly decision: Extract<IntoMongo, 'unstamped'>; readonly current: MongoImage }
  | { readonly decision: 'refused'; readonly reason: string };

/** Mongo as the target of changes from Redis. */
export interface RecordTarget {
  /** One unordered bulk of conditional upserts; at most one attempt per key. */
  apply(entity: EntityDefinition, attempts: readonly ApplyAttempt[]): Promise<readonly RecordResult[]>;
  /** Acknowledges and counts deliveries, on the stream they came from. */
  settle(settlements: readonly SettledDelivery[]): Promise<void>;
}
