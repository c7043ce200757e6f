import fc from 'fast-check';
import { USERS } from '../domain/users.js';
import { eventFromImage, type MongoImage } from '../domain/mongo-image.js';
import { compareBytes, mergedKeys } from './byte-order.js';
import { compareRecord, type ComparisonRules, type RedisHolding } from './difference.js';
import { findSuspects, BUCKET_SIZE } from './suspects.js';
import type { KeyRange, MongoSide, RedisSide } from './sides.js';

const SEED = Number(process.env.RECONCILE_SEED ?? 20261121);
const RUNS = { seed: SEED, numRuns: 300 };

const digestOf: ComparisonRules['digestOf'] = (event) => `${event.version}/${event.source}/${event.payload}`;
const rules = (more: Partial<ComparisonRules> = {}): ComparisonRules => ({
  entity: USERS,
  depth: 'content',
  nowMs: 0,
  digestOf,
  ...more,
});

const version = fc.integer({ min: 1, max: 6 });
const image: fc.Arbitrary<MongoImage> = fc.record({
  id: fc.constant('1'),
  key: fc.constant('a@x.org'),
  version: fc.oneof({ weight: 5, arbitrary: version }, { weight: 1, arbitrary: fc.constant(null) }),
  source: fc.constantFrom('mongo', 'redis'),
  deleted: fc.boolean(),
  fields: fc.record({ name: fc.constantFrom('a', 'b') }),
});
const holding: fc.Arbitrary<RedisHolding> = fc
  .record({
    state: fc.constantFrom('live', 'deleted', 'absent'),
    version: fc.integer({ min: 0, max: 6 }),
    digest: fc.constantFrom('1/mongo/{"name":"a"}', '2/mongo/{"name":"a"}', 'other'),
    indexed: fc.boolean(),
    inFlight: fc.boolean(),
  })
  .map((held) => ({
    ...held,
    version: held.state === 'absent' ? 0 : held.version,
    digest: held.state === 'live' ? held.digest : '',
  }));

/** What Redis holds when it shows exactly this image. */
function mirrorOf(shown: MongoImage): RedisHolding {
  const live = !shown.deleted;
  return {
    state: live ? 'live' : 'deleted',
    version: shown.version ?? 0,
    digest: live ? digestOf(eventFromImage(USERS, shown, shown.version ?? 0)) : '',
    indexed: live,
    inFlight: false,
  };
}

describe(`reconcile, pure (seed ${SEED})`, () => {
  it('what Redis shows faithfully is no difference', () => {
    fc.assert(
      fc.property(image, (shown) => {
        fc.pre(shown.version !== null);
        expect(compareRecord(shown.key, shown, mirrorOf(shown), rules())).toBeNull();
      }),
      RUNS,
    );
  });

  it('two living records agree exactly when version, content and index do', () => {
    fc.assert(
      fc.property(image, holding, (shown, held) => {
        fc.pre(shown.version !== null && !shown.deleted && held.state === 'live');
        const mirror = mirrorOf(shown);
        const same = held.version === mirror.version && held.digest === mirror.digest && held.indexed;
        expect(compareRecord(shown.key, shown, held, rules()) === null).toBe(same);
      }),
      RUNS,
    );
  });

  it('the kind says which side has the higher version', () => {
    fc.assert(
      fc.property(image, holding, (shown, held) => {
        const kind = compareRecord(shown.key, shown, held, rules())?.kind;
        if (kind === 'older') expect(held.version).toBeLessThan(shown.version ?? Infinity);
        if (kind === 'newer') expect(held.version).toBeGreaterThan(shown.version ?? Infinity);
        if (kind === 'different') expect(held.version).toBe(shown.version);
        if (kind === 'missing') expect(held.state).toBe('absent');
        expect(kind === 'unstamped').toBe(shown.version === null);
      }),
      RUNS,
    );
  });

  it('without a document: a living record is extra, and a grave is nothing', () => {
    fc.assert(
      fc.property(holding, (held) => {
        const kind = compareRecord('a@x.org', undefined, held, rules())?.kind ?? null;
        expect(kind).toBe(held.state === 'live' ? 'extra' : held.indexed ? 'dangling' : null);
      }),
      RUNS,
    );
  });

  it('what has expired is not missing; what should still be there is', () => {
    const entity = { ...USERS, ttlSeconds: 60 };
    const shown: MongoImage = { ...mirrored('a@x.org', 1_000_000 * 1024) };
    const absent: RedisHolding = { state: 'absent', version: 0, digest: '', indexed: false, inFlight: false };
    const at = (nowMs: number) =>
      compareRecord('a@x.org', shown, absent, rules({ entity, nowMs }))?.kind ?? null;
    expect(at(1_059_999)).toBe('missing');
    expect(at(1_060_000)).toBeNull();
  });

  it('keys of both sides are merged in the order of their bytes, each once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' })),
        fc.array(fc.string({ unit: 'grapheme' })),
        (a, b) => {
          const merged = mergedKeys(a, b);
          expect(new Set(merged)).toEqual(new Set([...a, ...b]));
          const bytes = merged.map((key) => Buffer.from(key));
          for (let i = 1; i < bytes.length; i++)
            expect(Buffer.compare(bytes[i - 1]!, bytes[i]!)).toBeLessThan(0);
        },
      ),
      RUNS,
    );
  });

  it('the walk visits every key of either side once, however they lie, and suspects exactly those that differ', async () => {
    const keys = fc.uniqueArray(fc.integer({ min: 0, max: 9_999 }), { maxLength: 60 });
    const density = fc.constantFrom(1, 40);
    await fc.assert(
      fc.asyncProperty(keys, keys, density, async (onlyMongo, onlyRedis, spread) => {
        const both = Array.from({ length: spread * 30 }, (_, i) => `b${String(i).padStart(6, '0')}`);
        const mongo = [...new Set([...both, ...onlyMongo.map((n) => `b0${n}m`)])].sort(compareBytes);
        const redis = [...new Set([...both, ...onlyRedis.map((n) => `b0${n}r`)])].sort(compareBytes);
        const sides = { mongo: mongoOf(mongo), redis: redisOf(redis) };
        const [inMongo, inRedis] = [new Set(mongo), new Set(redis)];
        const suspects: string[] = [];
        for await (const bucket of findSuspects({ entity: USERS, depth: 'content', ...sides })) {
          suspects.push(...bucket.suspects);
        }
        const differing = mergedKeys(mongo, redis).filter((key) => inMongo.has(key) !== inRedis.has(key));
        expect(suspects).toEqual(differing);
      }),
      { seed: SEED, numRuns: 30 },
    );
  });

  it('keys that are numbers are all looked at, although the sides have them in different orders', async () => {
    const entity = { ...USERS, keyField: 'orderNo', keyType: 'number' } as const;
    const counts = fc.integer({ min: 0, max: 2_500 });
    await fc.assert(
      fc.asyncProperty(counts, counts, async (inMongo, inRedis) => {
        const numbers = (count: number, step: number) => Array.from({ length: count }, (_, i) => i * step);
        const numeric = numbers(inMongo, 3).map(String);
        const redis = numbers(inRedis, 2).map(String).sort(compareBytes);
        const mongo = mongoOf(numeric, (a, b) => Number(a) - Number(b));
        const suspects = new Set<string>();
        let compared = 0;
        for await (const bucket of findSuspects({ entity, depth: 'content', mongo, redis: redisOf(redis) })) {
          compared += bucket.compared;
          for (const key of bucket.suspects) suspects.add(key);
        }
        expect(compared).toBe(numeric.length);
        const [both, other] = [new Set(numeric), new Set(redis)];
        for (const key of numeric) if (!other.has(key)) expect(suspects).toContain(key);
        for (const key of redis) if (!both.has(key)) expect(suspects).toContain(key);
      }),
      { seed: SEED, numRuns: 20 },
    );
  });

  it('a range in which Redis holds far more than a bucket is walked in pieces', async () => {
    const redis = Array.from({ length: 5 * BUCKET_SIZE }, (_, i) => `k${String(i).padStart(6, '0')}`);
    const suspects: string[] = [];
    let buckets = 0;
    for await (const bucket of findSuspects({
      entity: USERS,
      depth: 'content',
      mongo: mongoOf([redis[0] ?? '']),
      redis: redisOf(redis),
    })) {
      buckets += 1;
      suspects.push(...bucket.suspects);
    }
    expect(buckets).toBeGreaterThan(1);
    expect(suspects).toEqual(redis.slice(1));
  });
});

function mirrored(key: string, at: number): MongoImage {
  return { id: '1', key, version: at, source: 'mongo', deleted: false, fields: { email: key } };
}

/** A side of a comparison over a sorted list of keys; all records are alike. */
function mongoOf(keys: readonly string[], order = compareBytes): MongoSide {
  return {
    estimate: () => Promise.resolve(keys.length),
    page: (_entity, { after, limit }) => {
      const page = keys.filter((key) => after === null || order(key, after) > 0).slice(0, limit);
      const images = page.map((key) => mirrored(key, 5));
      return Promise.resolve({ images, upTo: page.length < limit ? null : (page.at(-1) ?? null) });
    },
    randomKeys: () => Promise.resolve([]),
  };
}

function redisOf(keys: readonly string[]): RedisSide {
  const known = new Set(keys);
  const within = ({ after, upTo }: KeyRange) =>
    keys.filter(
      (key) =>
        (after === null || compareBytes(key, after) > 0) && (upTo === null || compareBytes(key, upTo) <= 0),
    );
  const digest: RedisSide['digestOf'] = (event) => `${event.key}|${digestOf(event)}`;
  const digestAll: RedisSide['digestOfAll'] = (digests) => digests.join(';');
  const shownAs = (key: string) => digest(eventFromImage(USERS, mirrored(key, 5), 5), 'content');
  return {
    bucket: (_entity, range, { limit }) => {
      const found = within(range).slice(0, limit);
      return Promise.resolve({
        digest: digestAll(found.map(shownAs)),
        count: found.length,
        lastKey: found.at(-1) ?? null,
        more: within(range).length > limit,
      });
    },
    keys: (_entity, range, limit) => Promise.resolve(within(range).slice(0, limit)),
    holdings: (_entity, wanted) =>
      Promise.resolve(
        wanted.map((key): RedisHolding =>
          known.has(key)
            ? { state: 'live', version: 5, digest: shownAs(key), indexed: true, inFlight: false }
            : { state: 'absent', version: 0, digest: '', indexed: false, inFlight: false },
        ),
      ),
    randomKeys: () => Promise.resolve([]),
    mendIndex: () => Promise.resolve(),
    digestOf: digest,
    digestOfAll: digestAll,
  };
}
