import type { ChangeEvent } from '../domain/change-event.js';
import type { EntityDefinition } from '../domain/entity.js';
import type { IntoMongo } from '../domain/decide-into-mongo.js';
import type { IntoRedis } from '../domain/decide-into-redis.js';
import type { MergeMark, MongoImage } from '../domain/mongo-image.js';
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
  | { readonly decision: Extract<IntoRedis, 'merge'>; readonly settled: false; readonly held: HeldText };

/** What Redis holds, with its text, by which a later write may tell that it is still the same. */
export interface HeldText extends HeldRecord {
  readonly text: string;
}

/** A change that replaces what Redis holds at its own version, if that is still the text that was seen. */
export interface TieWrite extends ChangeDelivery {
  readonly over: string;
}

/** Redis as the target of changes from Mongo. */
export interface ProjectionTarget {
  /** Compares and writes all deliveries of one entity in one atomic step, in their order. */
  apply(
    entity: EntityDefinition,
    deliveries: readonly ChangeDelivery[],
  ): Promise<readonly ProjectionResult[]>;
  /** The same, except that a change is written at equal version, too, over the very text that was seen. */
  applyOver(entity: EntityDefinition, writes: readonly TieWrite[]): Promise<readonly ProjectionResult[]>;
  /** Acknowledges and counts deliveries whose effect is in place. */
  settle(settlements: readonly SettledDelivery[]): Promise<void>;
  /**
   * Gives Redis's record a new version and re-emits it, if it still has the given version. The event claims to have seen
   * nothing of what Mongo has: whatever it overwrites there is kept first.
   */
  reEmitAnew(entity: EntityDefinition, key: string, version: number): Promise<void>;
  /** Emits Redis's write again as it was, if it is still in flight: its stream entry was lost. */
  reEmit(entity: EntityDefinition, key: string): Promise<void>;
}

/** A delivery to be written to Mongo. */
export interface ApplyAttempt extends ChangeDelivery {
  /** The version in Mongo that may be overwritten although the writer had not seen it: it has been kept. */
  readonly over?: number;
  /** Of a merge: what the document keeps of it (`at` is the version that is written). */
  readonly merge?: Omit<MergeMark, 'at'>;
}

/**
 * What Mongo made of one delivery; see {@link IntoMongo}. Nothing was written unless it says `apply`.
 * `refused`: the document cannot be written as it is (a validator, another unique index, a value that is none, a document
 * that is no record and has the key).
 */
export type RecordResult =
  | { readonly decision: Extract<IntoMongo, 'apply' | 'same'> }
  | { readonly decision: Extract<IntoMongo, 'stale'>; readonly current: MongoImage }
  | { readonly decision: Extract<IntoMongo, 'concurrent'>; readonly current: MongoImage }
  | { readonly decision: Extract<IntoMongo, 'unstamped'>; readonly current: MongoImage }
  | { readonly decision: 'refused'; readonly reason: string };

/** Mongo as the target of changes from Redis. */
export interface RecordTarget {
  /**
   * Conditional writes; at most one attempt per key. Of a document that the writer had seen, or that may be overwritten,
   * only the fields are written that the event names as `changed`. Where there is none, the record is inserted if it is
   * above the key's tombstone. A delete removes the document and puts a tombstone in one step.
   */
  apply(entity: EntityDefinition, attempts: readonly ApplyAttempt[]): Promise<readonly RecordResult[]>;
  /** Acknowledges and counts deliveries, on the stream they came from. */
  settle(settlements: readonly SettledDelivery[]): Promise<void>;
}
