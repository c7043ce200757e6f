import type { EntityDefinition } from '../domain/entity.js';
import type { MongoImage } from '../domain/mongo-image.js';

/** One change of Mongo, reduced to what the sync needs to know. */
export type MongoChange =
  | {
      readonly kind: 'written';
      readonly entity: EntityDefinition;
      readonly image: MongoImage;
      /** The key before this change, where it is known to have been another one. */
      readonly previousKey?: string;
    }
  | {
      /** The document is gone: removed by an outsider, or a tombstone whose time had come. */
      readonly kind: 'erased';
      readonly entity: EntityDefinition;
      readonly id: string;
      /** What it last was; `null` where the server keeps no pre-images. */
      readonly last: MongoImage | null;
    };

export interface ChangeBatch {
  /** In the order of the oplog. Empty when the feed was idle. */
  readonly changes: readonly MongoChange[];
  /** Opaque; resume after it to get exactly what comes after this batch. */
  readonly position: string;
  /** Epoch milliseconds of the newest change, by the server's clock. */
  readonly changedAt?: number;
}

/**
 * The changes of all entities in Mongo.
 *
 * Not its job: deciding what a change means, storing positions, retrying: a feed that fails ends with an error,
 * and the caller opens another one from its last position.
 */
export interface ChangeFeed {
  /** A position from which everything that happens from now on can be read. */
  head(): Promise<string>;
  /**
   * Yields at least every few seconds, also when nothing happened, so that a position cannot age out.
   *
   * @throws HistoryLostError when the changes after `position` no longer exist
   */
  read(position: string, signal: AbortSignal): AsyncIterable<ChangeBatch>;
  /** All documents of the entity with an id above `afterId`, in chunks of ascending id. */
  snapshot(entity: EntityDefinition, afterId: string | null): AsyncIterable<readonly MongoImage[]>;
}

/** The history after a position is gone; only a new snapshot helps. */
export class HistoryLostError extends Error {
  override readonly name = 'HistoryLostError';
}
