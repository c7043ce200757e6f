import type { EntityDefinition } from '../domain/entity.js';
import type { MongoImage } from '../domain/mongo-image.js';
import type { UnsyncableReason } from '../domain/record-key.js';

/** One change of Mongo, reduced to what the sync needs to know. */
export type MongoChange = WrittenChange | ErasedChange | UnsyncableChange;

/** A document, or a tombstone, was written. */
export interface WrittenChange {
  readonly kind: 'written';
  readonly entity: EntityDefinition;
  readonly image: MongoImage;
  /** What the document was before, where that is known to have been another record. */
  readonly previous?: PreviousRecord;
}

/** A document, or a tombstone, is gone: removed by the product or an outsider, or a tombstone whose time had come. */
export interface ErasedChange {
  readonly kind: 'erased';
  readonly entity: EntityDefinition;
  /** Of the document; `null`: a tombstone. */
  readonly id: string | null;
  /** What it last was; `null` where the server keeps no pre-images, or it was not syncable. */
  readonly last: MongoImage | null;
}

/** A document was written that the sync cannot show: see {@link UnsyncableReason}. */
export interface UnsyncableChange {
  readonly kind: 'unsyncable';
  readonly entity: EntityDefinition;
  readonly id: string;
  readonly reason: UnsyncableReason;
  /** The record that the document was before. */
  readonly previous?: PreviousRecord;
}

export type PreviousRecord = Pick<MongoImage, 'key' | 'version'>;

export interface ChangeBatch {
  /** In the order of the oplog. Empty when the feed was idle. */
  readonly changes: readonly MongoChange[];
  /** Opaque; resume after it to get exactly what comes after this batch. */
  readonly position: string;
  /** Epoch milliseconds of the newest change, by the server's clock. */
  readonly changedAt?: number;
}

/** A part of a snapshot. */
export interface SnapshotPage {
  readonly changes: readonly (WrittenChange | UnsyncableChange)[];
  /** Opaque; the next page comes after it. */
  readonly afterId: string;
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
  /** All tombstones and documents of the entity behind `afterId`, page by page. */
  snapshot(entity: EntityDefinition, afterId: string | null): AsyncIterable<SnapshotPage>;
}

/** The history after a position is gone; only a new snapshot helps. */
export class HistoryLostError extends Error {
  override readonly name = 'HistoryLostError';
}
