import type { ChangeEvent } from '../domain/change-event.js';
import type { EntityDefinition } from '../domain/entity.js';
import type { Outcome } from '../domain/outcome.js';
import type { Source, Stamp } from '../domain/stamp.js';
import type { MongoImage } from './change-feed.js';

/** A change event with the id of the stream entry that carries it. */
export interface Delivery {
  readonly entryId: string;
  readonly event: ChangeEvent;
}

/** A delivery whose journey is over, and how it ended. */
export interface Settlement {
  readonly delivery: Delivery;
  readonly outcome: Outcome;
}

/** What the projections made of one delivery. `settled`: acknowledged and booked in the same step. */
export type ProjectionResult =
  | { readonly verdict: 'apply'; readonly settled: true; readonly before: Stamp | null }
  | { readonly verdict: 'echo' | 'duplicate'; readonly settled: true }
  | { readonly verdict: 'stale'; readonly settled: boolean; readonly winner: Stamp }
  /** Same version, other content; nothing was written. */
  | {
      readonly verdict: 'merge';
      readonly settled: false;
      /** The content that Redis holds (`null`: deleted), and who wrote it. */
      readonly stored: string | null;
      readonly source: Source;
    };

/** Redis as the target of changes from Mongo. */
export interface ProjectionTarget {
  /**
   * Compares and writes all deliveries of one entity in one atomic step, in their order.
   *
   * @param mode `merge`: at equal version the incoming image is written
   */
  apply(
    entity: EntityDefinition,
    deliveries: readonly Delivery[],
    mode?: 'compare' | 'merge',
  ): Promise<readonly ProjectionResult[]>;
  /** Acknowledges and books deliveries whose effect is in place. */
  settle(settlements: readonly Settlement[]): Promise<void>;
  /** Gives Redis's record a new version and emits it again, if it still has the given version. */
  reissue(entity: EntityDefinition, key: string, version: number): Promise<void>;
  /** Emits Redis's write again as it was, if it is still in flight: its stream entry was lost. */
  resend(entity: EntityDefinition, key: string): Promise<void>;
}

/** A delivery to be written to Mongo. */
export interface ApplyAttempt extends Delivery {
  /** The version in Mongo that may be overwritten although the writer had not seen it: it has been kept. */
  readonly over?: number;
}

/**
 * What Mongo made of one delivery:
 * - `stale`: what Mongo holds is newer, or as new and from Mongo;
 * - `same`: Mongo holds this very version;
 * - `concurrent`: Mongo holds an older version, which the writer had not seen; nothing was written;
 * - `unstamped`: the document has no version; it must be stamped before anything is compared with it;
 * - `refused`: the document cannot be written as it is (a validator, another unique index).
 */
export type RecordResult =
  | { readonly verdict: 'apply' | 'same' }
  | { readonly verdict: 'stale'; readonly current: MongoImage }
  | { readonly verdict: 'concurrent'; readonly current: MongoImage }
  | { readonly verdict: 'unstamped'; readonly current: MongoImage }
  | { readonly verdict: 'refused'; readonly reason: string };

/** Mongo as the target of changes from Redis. */
export interface RecordTarget {
  /** One unordered bulk of conditional upserts; at most one attempt per key. */
  apply(entity: EntityDefinition, attempts: readonly ApplyAttempt[]): Promise<readonly RecordResult[]>;
  /** Acknowledges and books deliveries, on the stream they came from. */
  settle(settlements: readonly Settlement[]): Promise<void>;
}
