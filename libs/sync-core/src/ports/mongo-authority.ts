import type { EntityDefinition } from '../domain/entity.js';
import type { MongoImage } from '../domain/mongo-image.js';

export interface StampRequest {
  readonly id: string;
  /** The version seen when stamping was decided; `null` for none. The stamp is a compare-and-set on it. */
  readonly seen: number | null;
  /** The new version lies above this one. */
  readonly floor: number;
}

/**
 * Corrections of Mongo's own records: giving a version to what outsiders wrote without one. Every correction is a
 * compare-and-set and comes back through the change feed like any other write.
 */
export interface MongoAuthority {
  /** What Mongo holds now under these keys; keys it does not hold are missing from the map. */
  current(entity: EntityDefinition, keys: readonly string[]): Promise<ReadonlyMap<string, MongoImage>>;
  /** Gives each document a new version, unless it no longer has the version that was seen. */
  stamp(entity: EntityDefinition, requests: readonly StampRequest[]): Promise<void>;
  /** Puts a tombstone where no document has the key. Returns `taken` when one has. */
  bury(entity: EntityDefinition, key: string, floor: number): Promise<'buried' | 'taken'>;
}
