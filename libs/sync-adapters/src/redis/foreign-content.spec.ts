import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeWith, redisUnavailableReason, startPrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import {
  changeEvent,
  EVENT_FIELD,
  formatEvent,
  formatRecord,
  parseEvent,
  payloadOf,
  USERS,
  type ChangeDelivery,
  type WriteCommand,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { RedisComparisonSide } from '../reconcile/redis-side.js';
import { KEYS, SYNC_GROUP } from './keys.js';
import { RedisCaptureJournal } from './redis-capture-journal.js';
import { RedisProjectionTarget } from './redis-projection-target.js';
import { RedisRecordStore } from './redis-record-store.js';
import type { ForeignContent } from './replies/foreign.reply.js';

const KEY = 'ada:1@example.org';
const GOOD = 'good@example.org';
const RECORD = KEYS.record(USERS, KEY);
const TOMBSTONE = KEYS.tombstone(USERS, KEY);
const ALL = { after: null, upTo: null };
const NONE = { kind: 'none' } as const;

/** What other programs put in a record's place. */
const TYPES: readonly [type: string, put: (redis: Redis, name: string) => Promise<unknown>][] = [
  ['hash', (redis, name) => redis.hset(name, 'name', 'cached')],
  ['list', (redis, name) => redis.rpush(name, 'x')],
  ['set', (redis, name) => redis.sadd(name, 'x')],
  ['zset', (redis, name) => redis.zadd(name, 1, 'x')],
  ['stream', (redis, name) => redis.xadd(name, '*', 'a', '1')],
];
const stamp = (version: number | string) => `{"_sync":{"version":${version},"source":"redis","updatedAt":1}`;
/** Texts that are no JSON object, or none that a record could be. */
const GARBAGE = [
  'hello',
  '',
  '[]',
  '5',
  'null',
  '{"name":',
  `${stamp(0)}x`,
  `${stamp(5)}}`,
  `{"a":1}${stamp(9)},`,
];
/** JSON objects without a stamp of ours at their beginning. */
const UNSTAMPED = [
  '{"email":"x","name":"foreign"}',
  ` ${stamp(9)},"name":"spaced"}`,
  '{"name":"reordered","_sync":{"version":9,"source":"redis","updatedAt":1}}',
  `${stamp(0)},"name":"zero"}`,
  `${stamp('9007199254740992')},"name":"beyond"}`,
  `${stamp('1.5')},"name":"fraction"}`,
  `{"_sync":{"version":9,"source":"other","updatedAt":1},"name":"source"}`,
  '{"version":9,"source":"redis","updatedAt":1,"name":"old"}',
  '{}',
];

describeWith(describe, redisUnavailableReason())('what other programs put in the place of records', () => {
  let server: Awaited<ReturnType<typeof startPrivateRedis>>;
  let redis: Redis;
  let found: ForeignContent[];
  let store: RedisRecordStore;
  let projections: RedisProjectionTarget;
  let side: RedisComparisonSide;

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = connect({ url: server.url, profile: 'commands' });
    const onForeign = (content: readonly ForeignContent[]) => void found.push(...content);
    store = new RedisRecordStore({ redis, entity: USERS, onForeign });
    projections = new RedisProjectionTarget(redis, 60_000, onForeign);
    side = new RedisComparisonSide(redis);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    found = [];
    await redis.flushall();
    await redis.xgroup('CREATE', KEYS.stream('mongo-to-redis'), SYNC_GROUP, '0', 'MKSTREAM');
  });

  const writing = (change: Partial<WriteCommand>): WriteCommand => {
    const command = {
      key: KEY,
      mode: 'merge',
      set: { name: 'N' },
      unset: [],
      create: true,
      precondition: NONE,
    } as const;
    return { ...command, ...change };
  };

  async function deliver(...changes: readonly [key: string, version: number, payload: string | null][]) {
    const deliveries: ChangeDelivery[] = [];
    for (const [key, version, payload] of changes) {
      const event = changeEvent('mongo', { entity: USERS.name, key, source: 'mongo', version, payload });
      const entryId = await redis.xadd(KEYS.stream('mongo-to-redis'), '*', EVENT_FIELD, formatEvent(event));
      deliveries.push({ entryId: entryId ?? '', event });
    }
    await redis.xreadgroup('GROUP', SYNC_GROUP, 'spec', 'STREAMS', KEYS.stream('mongo-to-redis'), '>');
    return projections.apply(USERS, deliveries);
  }

  const emitted = async () =>
    (await redis.xrange(KEYS.stream('redis-to-mongo'), '-', '+')).map(([, [, text]]) =>
      parseEvent(text ?? ''),
    );
  const held = (version: number, payload: string | null) =>
    formatRecord({ version, source: 'mongo', payload });

  describe.each(TYPES)('a %s', (type, put) => {
    it('is no record to a client, and written over by one that creates', async () => {
      await put(redis, RECORD);
      expect(await store.get(KEY)).toEqual({ state: 'absent' });
      expect(await store.write(writing({ create: false }))).toEqual({ outcome: 'absent' });
      expect(await store.remove({ key: KEY, precondition: NONE })).toEqual({ outcome: 'absent' });
      expect(await redis.type(RECORD)).toBe(type);
      expect(found).toEqual([]);
      expect(await store.write(writing({ precondition: { kind: 'absent' } }))).toMatchObject({
        outcome: 'created',
      });
      expect(await store.get(KEY)).toMatchObject({
        state: 'live',
        record: { fields: { email: KEY, name: 'N' } },
      });
      expect(found).toEqual([{ type, name: RECORD }]);
      expect((await emitted()).map(({ changed }) => changed)).toEqual([undefined]);
    });

    it('in the place of a tombstone stops neither a create nor a delete', async () => {
      await put(redis, TOMBSTONE);
      expect(await store.get(KEY)).toEqual({ state: 'absent' });
      await store.write(writing({}));
      expect(await store.remove({ key: KEY, precondition: NONE })).toMatchObject({ outcome: 'removed' });
      expect(await store.get(KEY)).toMatchObject({ state: 'deleted' });
      expect(found).toEqual([{ type, name: TOMBSTONE }]);
    });

    it('is written over by a change from Mongo, and fails no other record of the batch', async () => {
      await put(redis, RECORD);
      await put(redis, TOMBSTONE);
      const payload = payloadOf({ email: KEY });
      const before = { decision: 'apply', settled: true, before: null };
      expect(await deliver([GOOD, 1000, payload], [KEY, 1000, payload])).toEqual([before, before]);
      expect(await redis.get(RECORD)).toBe(held(1000, payload));
      expect(await redis.get(KEYS.record(USERS, GOOD))).toBe(held(1000, payload));
      expect(found).toEqual([{ type, name: RECORD }]);
      expect(await deliver([KEY, 2000, null])).toMatchObject([{ decision: 'apply' }]);
      expect([await redis.get(TOMBSTONE), await redis.exists(RECORD)]).toEqual([held(2000, null), 0]);
      expect(found.slice(1)).toEqual([{ type, name: TOMBSTONE }]);
    });

    it('goes with a delete from Mongo', async () => {
      await put(redis, RECORD);
      await redis.set(TOMBSTONE, held(1000, null));
      expect(await deliver([KEY, 1000, payloadOf({})])).toMatchObject([{ decision: 'merge' }]);
      expect(await deliver([KEY, 2000, null])).toMatchObject([
        { decision: 'apply', before: { version: 1000 } },
      ]);
      expect(await redis.exists(RECORD)).toBe(0);
      expect(found).toEqual([{ type, name: RECORD }]);
    });

    it('counts as nothing wherever versions are asked for', async () => {
      await store.write(writing({ key: GOOD }));
      await redis.zadd(KEYS.index(USERS), 0, KEY);
      await put(redis, RECORD);
      await put(redis, TOMBSTONE);
      const [nothing] = await new RedisCaptureJournal(redis).known(USERS, [KEY, GOOD]);
      expect(nothing).toEqual({ held: 0, inFlight: 0 });
      expect(await side.holdings(USERS, [KEY, GOOD], 'content')).toMatchObject([
        { state: 'absent', version: 0, digest: '', indexed: true },
        { state: 'live', indexed: true },
      ]);
      expect(await side.bucket(USERS, ALL, { limit: 10, depth: 'versions' })).toMatchObject({ count: 2 });
      expect((await store.list({ limit: 10 })).records.map(({ key }) => key)).toEqual([GOOD]);
      await projections.reEmit(USERS, KEY);
      await projections.reEmitAnew(USERS, KEY, 0);
      expect(await emitted()).toHaveLength(1);
      await side.mendIndex(USERS, [KEY, GOOD]);
      expect(await side.keys(USERS, ALL, 10)).toEqual([GOOD]);
      expect(found).toEqual([]);
    });
  });

  it.each(GARBAGE)('the text %j is no record, and is written over', async (text) => {
    await redis.set(RECORD, text);
    expect(await store.get(KEY)).toEqual({ state: 'absent' });
    expect(await store.write(writing({ create: false }))).toEqual({ outcome: 'absent' });
    expect(await store.write(writing({ mode: 'replace' }))).toMatchObject({ outcome: 'created' });
    await redis.set(RECORD, text);
    expect(await deliver([KEY, 1000, payloadOf({ email: KEY })])).toMatchObject([
      { decision: 'apply', before: null },
    ]);
    const foreign = { type: 'string', name: RECORD };
    expect(found).toEqual([foreign, foreign]);
  });

  it.each(UNSTAMPED)('the text %s can be read, and loses against everything', async (text) => {
    await redis.set(RECORD, text);
    expect(await store.get(KEY)).toMatchObject({ state: 'live', record: { version: 0, source: 'redis' } });
    expect(await store.write(writing({ set: { city: 'Z' } }))).toMatchObject({ outcome: 'updated' });
    expect(await emitted()).toMatchObject([{ base: 0 }]);
    expect((await emitted())[0]).not.toHaveProperty('changed');
    await redis.set(RECORD, text);
    expect(await store.remove({ key: KEY, precondition: { kind: 'exists' } })).toMatchObject({
      outcome: 'removed',
    });
    expect(await redis.exists(RECORD)).toBe(0);
    await redis.del(TOMBSTONE);
    await redis.set(RECORD, text);
    expect(await deliver([KEY, 1000, payloadOf({ email: KEY })])).toMatchObject([
      { decision: 'apply', before: null },
    ]);
    expect(found.map(({ type }) => type)).toEqual(['string', 'string', 'string']);
  });

  it('a stamp before something that is no JSON is compared, is no record to a client, and is written over', async () => {
    const { version } = await store
      .write(writing({}))
      .then((result) => ('record' in result ? result.record : { version: 0 }));
    await redis.set(RECORD, `${stamp(version)},garbage`);
    expect(await store.get(KEY)).toEqual({ state: 'absent' });
    expect(await deliver([KEY, version - 1, payloadOf({ email: KEY })])).toMatchObject([
      { decision: 'stale' },
    ]);
    expect(await store.write(writing({ precondition: { kind: 'absent' } }))).toMatchObject({
      outcome: 'created',
    });
    expect((await emitted()).at(-1)).toMatchObject({ base: version });
  });

  it('a text hides no tombstone: what is written over it lies above that', async () => {
    const ahead = Date.now() * 1024 + 10_000_000;
    await redis.mset(RECORD, 'hello', TOMBSTONE, held(ahead, null));
    expect(await deliver([KEY, ahead - 1, payloadOf({ email: KEY })])).toMatchObject([{ decision: 'stale' }]);
    expect(await store.write(writing({}))).toMatchObject({
      outcome: 'created',
      record: { version: ahead + 1 },
    });
    expect(await redis.exists(TOMBSTONE)).toBe(0);
  });

  it('a record with the highest version there is is written over', async () => {
    await redis.set(RECORD, `${stamp(Number.MAX_SAFE_INTEGER)},"name":"last"}`);
    expect(await store.write(writing({ set: { city: 'Z' } }))).toMatchObject({
      outcome: 'updated',
      record: { fields: { name: 'last', city: 'Z' } },
    });
    expect(await emitted()).toMatchObject([{ base: 0 }]);
    await redis.set(RECORD, `${stamp(Number.MAX_SAFE_INTEGER)},"name":"last"}`);
    await projections.reEmitAnew(USERS, KEY, Number.MAX_SAFE_INTEGER);
    expect(await emitted()).toHaveLength(1);
  });

  it('a version with zeros in front is the number that it says', async () => {
    await redis.set(RECORD, `${stamp('0012')},"name":"zeros"}`);
    await store.write(writing({ set: { city: 'Z' } }));
    expect(await emitted()).toMatchObject([{ base: 12, known: 11 }]);
  });

  describe('under a key of the sync', () => {
    const event = changeEvent('mongo', {
      entity: USERS.name,
      key: KEY,
      source: 'mongo',
      version: 1,
      payload: null,
    });
    const settled = { delivery: { entryId: '1-0', event }, outcome: 'stale' } as const;
    const steps: readonly [name: string, run: () => Promise<unknown>][] = [
      [KEYS.stream('redis-to-mongo'), () => store.write(writing({}))],
      [KEYS.inFlight('redis-to-mongo'), () => store.write(writing({}))],
      [KEYS.ledger('redis-to-mongo'), () => store.write(writing({}))],
      [KEYS.index(USERS), () => store.write(writing({}))],
      [KEYS.inFlight('redis-to-mongo'), () => projections.reEmit(USERS, KEY)],
      [KEYS.ledger('redis-to-mongo'), () => projections.reEmitAnew(USERS, KEY, 1)],
      [KEYS.processed, () => deliver([KEY, 1000, null])],
      [KEYS.processedPrevious, () => deliver([KEY, 1000, null])],
      [KEYS.inFlight('mongo-to-redis'), () => deliver([KEY, 1000, null])],
      [KEYS.ledger('mongo-to-redis'), () => deliver([KEY, 1000, null])],
      [KEYS.index(USERS), () => deliver([KEY, 1000, null])],
      [KEYS.doubts, () => deliver([KEY, 1000, null])],
      [KEYS.ledger('mongo-to-redis'), () => projections.settle([settled])],
      [KEYS.inFlight('mongo-to-redis'), () => new RedisCaptureJournal(redis).reEmit([])],
      [KEYS.inFlight('mongo-to-redis'), () => new RedisCaptureJournal(redis).known(USERS, [KEY])],
      [KEYS.index(USERS), () => side.mendIndex(USERS, [KEY])],
      [KEYS.index(USERS), () => side.holdings(USERS, [KEY], 'versions')],
      [KEYS.index(USERS), () => side.bucket(USERS, ALL, { limit: 1, depth: 'versions' })],
    ];

    it.each(steps.map(([name, run], place) => [name, place, run] as const))(
      '%s (%i) the script says which it is, and writes nothing',
      async (name, _place, run) => {
        await redis.set(name, 'foreign');
        const size = await redis.dbsize();
        await expect(run()).rejects.toThrow(`WRONGTYPE ${name} is a key of the sync, and holds a string`);
        expect(await redis.dbsize()).toBe(size);
        expect(await redis.get(name)).toBe('foreign');
      },
    );
  });
});
