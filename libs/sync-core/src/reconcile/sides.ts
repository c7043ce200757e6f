import type { ChangeEvent } from '../domain/change-event.js';
import type { EntityDefinition } from '../domain/entity.js';
import type { MongoImage } from '../domain/mongo-image.js';
import type { Depth, RedisHolding } from './difference.js';

/** Keys above `after` up to and including `upTo`, in byte order; null: no bound on that side. */
export interface KeyRange {
  readonly after: string | null;
  readonly upTo: string | null;
}

/** What Redis says of a range of keys, whatever it holds: some sixty bytes. */
export interface Bucket {
  readonly digest: string;
  readonly count: number;
  /** The last key that went into the digest. */
  readonly lastKey: string | null;
  /** There are more keys in the range than were looked at; the digest goes up to `lastKey`. */
  readonly more: boolean;
}

/** Some documents of Mongo, in the order of their keys. Those that are no records are left out. */
export interface MongoPage {
  readonly images: readonly MongoImage[];
  /** The page goes up to this key, and there may be more; `null`: up to the end. */
  readonly upTo: string | null;
}

/** Mongo as one side of a comparison. */
export interface MongoSide {
  /** About how many documents there are. */
  estimate(entity: EntityDefinition): Promise<number>;
  /** The next documents above `after` in the byte order of their keys; at most `limit`. */
  page(
    entity: EntityDefinition,
    page: { readonly after: string | null; readonly limit: number; readonly depth: Depth },
  ): Promise<MongoPage>;
  /** Keys of random documents, about `count`. */
  randomKeys(entity: EntityDefinition, count: number): Promise<readonly string[]>;
}

/** Redis as the other side. */
export interface RedisSide {
  /** One digest over all living records of the range, at most `limit` of them. */
  bucket(
    entity: EntityDefinition,
    range: KeyRange,
    options: { readonly limit: number; readonly depth: Depth },
  ): Promise<Bucket>;
  /** The keys that the index names in the range, at most `limit`. */
  keys(entity: EntityDefinition, range: KeyRange, limit: number): Promise<readonly string[]>;
  /** What it holds under these keys, in their order, read in one step. */
  holdings(entity: EntityDefinition, keys: readonly string[], depth: Depth): Promise<readonly RedisHolding[]>;
  randomKeys(entity: EntityDefinition, count: number): Promise<readonly string[]>;
  /** Makes the index name exactly those of these keys that have a living record. */
  mendIndex(entity: EntityDefinition, keys: readonly string[]): Promise<void>;
  /** The digest of the record that shows this event, at either depth. */
  digestOf(event: ChangeEvent, depth: Depth): string;
  /** The digest of a bucket of records with these digests, in key order. */
  digestOfAll(digests: readonly string[]): string;
}

/**
 * How far capture has come, in whichever process. A change that is visible in Mongo but not captured yet looks like a
 * difference and is none.
 */
export interface CaptureProgress {
  /** Mongo's present time: everything that a read has seen lies at or before it. */
  now(): Promise<bigint>;
  /** Whether everything up to `time` has been published. */
  hasPassed(time: bigint): Promise<boolean>;
}
