import type { EntityDefinition } from '../domain/entity.js';
import { eventFromImage, type MongoImage } from '../domain/mongo-image.js';
import { compareBytes, mergedKeys } from './byte-order.js';
import { compareRecord, type ComparisonRules, type Depth } from './difference.js';
import type { KeyRange, MongoSide, RedisSide } from './sides.js';

export interface BucketComparison {
  /** Records that one of the sides has. */
  readonly compared: number;
  readonly equal: boolean;
  /** Keys of records that differ at this first look. Most of them will turn out to be in flight. */
  readonly suspects: readonly string[];
}

export interface SuspectSearch {
  readonly entity: EntityDefinition;
  readonly depth: Depth;
  readonly mongo: MongoSide;
  readonly redis: RedisSide;
}

/** Records of a bucket, as far as Mongo decides it. */
export const BUCKET_SIZE = 1000;

/**
 * Records that may differ. Where both sides have the keys in one order, they are walked side by side; numbers are in
 * another order in Mongo than their texts are in Redis.
 */
export async function* findSuspects(search: SuspectSearch): AsyncGenerator<BucketComparison> {
  if (search.entity.keyType !== 'number') yield* walkTogether(search);
  else {
    yield* walkMongo(search);
    yield* walkRedis(search);
  }
}

/** Each of Mongo's records, compared by its own version and digest. */
async function* walkMongo({ entity, depth, mongo, redis }: SuspectSearch): AsyncGenerator<BucketComparison> {
  let after: string | null = null;
  do {
    const { images, upTo } = await mongo.page(entity, { after, limit: BUCKET_SIZE, depth });
    const keys = images.map(({ key }) => key);
    const suspects = await lookAt(keys, images, { entity, depth, redis });
    yield { compared: keys.length, equal: suspects.length === 0, suspects };
    after = upTo;
  } while (after !== null);
}

/** Whether Mongo has all of Redis's records, the second look tells. */
async function* walkRedis({ entity, redis }: SuspectSearch): AsyncGenerator<BucketComparison> {
  for (let after: string | null = null; ;) {
    const keys = await redis.keys(entity, { after, upTo: null }, BUCKET_SIZE);
    yield { compared: 0, equal: true, suspects: keys };
    if (keys.length < BUCKET_SIZE) return;
    after = keys.at(-1) ?? null;
  }
}

/**
 * Walks both sides in key order, bucket by bucket. Where the digests are equal, that was it: Redis sent sixty bytes.
 * Where they differ, every record of the bucket is compared by its version and its own digest.
 */
async function* walkTogether(search: SuspectSearch): AsyncGenerator<BucketComparison> {
  let after: string | null = null;
  do {
    const { range, comparison } = await compareBucket(search, after);
    yield comparison;
    after = range.upTo;
  } while (after !== null);
}

async function compareBucket(
  { entity, depth, mongo, redis }: SuspectSearch,
  after: string | null,
): Promise<{ range: KeyRange; comparison: BucketComparison }> {
  const page = await mongo.page(entity, { after, limit: BUCKET_SIZE, depth });
  const wanted = { after, upTo: page.upTo };
  const limit = 2 * BUCKET_SIZE;
  const bucket = await redis.bucket(entity, wanted, { limit, depth });
  // Redis may hold many more records in the range than Mongo: then the range ends where Redis stopped.
  const range = bucket.more ? { after, upTo: bucket.lastKey } : wanted;
  const images =
    range.upTo === wanted.upTo ? page.images : page.images.filter(({ key }) => isWithin(key, range));
  const digests = digestsOf(images, { entity, depth, redis });
  const same = digests?.length === bucket.count && redis.digestOfAll(digests) === bucket.digest;
  if (same) {
    return { range, comparison: { compared: bucket.count, equal: true, suspects: [] } };
  }
  const indexed = await redis.keys(entity, range, limit);
  const keys = mergedKeys(
    images.map(({ key }) => key),
    indexed,
  );
  const suspects = await lookAt(keys, images, { entity, depth, redis });
  return { range, comparison: { compared: keys.length, equal: false, suspects } };
}

type ComparedSide = Pick<SuspectSearch, 'entity' | 'depth' | 'redis'>;

/** Digests of what Redis should show; null when a document has no version, which no digest can express. */
function digestsOf(images: readonly MongoImage[], { entity, depth, redis }: ComparedSide): string[] | null {
  const digests: string[] = [];
  for (const image of images) {
    if (image.version === null) return null;
    const event = eventFromImage(entity, image, image.version);
    if (event.op === 'upsert') digests.push(redis.digestOf(event, depth));
  }
  return digests;
}

async function lookAt(
  keys: readonly string[],
  images: readonly MongoImage[],
  { entity, depth, redis }: ComparedSide,
): Promise<string[]> {
  if (keys.length === 0) return [];
  const holdings = await redis.holdings(entity, keys, depth);
  const byKey = new Map(images.map((image) => [image.key, image]));
  const rules: ComparisonRules = {
    entity,
    depth,
    nowMs: 0, // what may have expired is a suspect at first; the second look knows the time
    digestOf: (event) => redis.digestOf(event, depth),
  };
  return keys.filter((key, index) => {
    const held = holdings[index];
    return held && compareRecord(key, byKey.get(key), held, rules) !== null;
  });
}

function isWithin(key: string, { upTo }: KeyRange): boolean {
  return upTo === null || compareBytes(key, upTo) <= 0;
}
