import type { EntityDefinition } from '../domain/entity.js';
import type { MergeMark, MongoImage } from '../domain/mongo-image.js';

export interface StampRequest {
  /** Of the document. */
  readonly id: string;
  /** The version seen when stamping was decided; `null` for none. The stamp is a compare-and-set on it. */
  readonly seen: number | null;
  /** The new version lies above this one. */
  readonly floor: number;
  /** The fields that an outsider changed, where that is known; absent: any. Matters where the entity merges fields. */
  readonly fields?: readonly string[];
  /** A Redis write that lost as a whole; see `MergeMark`. `at` is the new version. */
  readonly merge?: Omit<MergeMark, 'at'>;
}

export interface BurialRequest {
  readonly key: string;
  /** A new tombstone lies above this version. */
  readonly floor: number;
  /** The version of what is gone; 0: it had none. A tombstone above it says so already, and stays as it is. */
  readonly gone: number;
}

/**
 * Corrections of Mongo's own records: giving a version to what outsiders wrote without one, and a tombstone to what they
 * removed. Every correction is a compare-and-set and comes back through the change feed like any other write.
 */
export interface MongoAuthority {
  /**
   * What Mongo holds now under these keys: the document, else the tombstone. Keys of which it holds neither are missing
   * from the map.
   */
  current(entity: EntityDefinition, keys: readonly string[]): Promise<ReadonlyMap<string, MongoImage>>;
  /** The versions of the tombstones of these keys, whatever else stands there. */
  tombstones(entity: EntityDefinition, keys: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Gives each document a new version, unless it no longer has the version that was seen. */
  stamp(entity: EntityDefinition, requests: readonly StampRequest[]): Promise<void>;
  /** Puts a tombstone where no document has the key. Returns `taken` when one has. */
  bury(entity: EntityDefinition, request: BurialRequest): Promise<'buried' | 'taken'>;
}
