import { randomUUID } from 'node:crypto';
import { startPrivateRedis, type PrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import {
  EVENT_FIELD,
  formatEvent,
  formatRecord,
  knownOnTop,
  parseEvent,
  parseRecord,
  payloadOf,
  USERS,
  type ChangeEvent,
  type HeldRecord,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { KEYS } from './keys.js';
import { RedisProjectionTarget } from './redis-projection-target.js';
import { writeRecord } from './write-record.js';

const KEY = 'ünï+😀@example.org';
const PAYLOAD = payloadOf({
  email: KEY,
  name: 'Ada "A" \\ Lovelace',
  list: [],
  big: 9_007_199_254_740_991,
  half: 0.5,
});
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the texts that scripts write are those that sync-core formats', () => {
  let server: PrivateRedis;
  let redis: Redis;
  let projections: RedisProjectionTarget;

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = connect({ url: server.url, profile: 'commands' });
    projections = new RedisProjectionTarget(redis);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(() => redis.flushall());

  function write(payload: string | null, traceparent?: string, changed?: readonly string[]) {
    const trace = { ...(traceparent === undefined ? {} : { traceparent }), ...(changed ? { changed } : {}) };
    const options = { key: KEY, payload, expected: 'any', tombstoneTtlMs: 60_000, ...trace } as const;
    return writeRecord(redis, USERS, { ...options, operationId: randomUUID() });
  }

  /** What Redis holds; its text is the one that sync-core makes of it. */
  async function held(): Promise<HeldRecord | null> {
    const [record, tombstone] = await redis.mget(KEYS.record(USERS, KEY), KEYS.tombstone(USERS, KEY));
    const text = record ?? tombstone ?? null;
    const parsed = text === null ? null : parseRecord(text);
    expect(parsed && formatRecord(parsed)).toBe(text);
    return parsed;
  }

  /** The newest event of a Redis write; its text is the one that sync-core makes of it. */
  async function emitted(): Promise<ChangeEvent> {
    const [entry] = await redis.xrevrange(KEYS.stream('redis-to-mongo'), '+', '-', 'COUNT', 1);
    const [, [field, text = '']] = entry ?? ['', ['']];
    expect(field).toBe(EVENT_FIELD);
    expect(formatEvent(parseEvent(text))).toBe(text);
    return parseEvent(text);
  }

  const settled = () => redis.del(KEYS.inFlight('redis-to-mongo'));

  it('I1: records, tombstones and events, also of a traced write', async () => {
    for (const payload of [PAYLOAD, null, PAYLOAD]) {
      await write(payload, TRACE);
      const after = await held();
      expect(await emitted()).toMatchObject({ ...after, key: KEY, payload, traceparent: TRACE });
    }
    await write(PAYLOAD);
    expect(await emitted()).not.toHaveProperty('traceparent');
  });

  it('I1: events that say what changed, whatever the names', async () => {
    for (const changed of [[], ['name'], ['ü😀', '"\\\\"', '\\n\\u0001', ''], ['name', 'ü😀', 'x']]) {
      await write(PAYLOAD, undefined, changed);
      const said = (await emitted()).changed;
      expect(said).toEqual(expect.arrayContaining(changed));
    }
  });

  it('I1: what is re-emitted, with a new version or its own', async () => {
    for (const payload of [PAYLOAD, null]) {
      await write(payload);
      const before = await held();
      await projections.reEmit(USERS, KEY);
      expect(await emitted()).toMatchObject({ ...before });
      await settled();
      await projections.reEmitAnew(USERS, KEY, before?.version ?? 0);
      expect(await emitted()).toMatchObject({ ...(await held()), base: 0, payload });
    }
  });

  it('I1: what came from Mongo', async () => {
    for (const payload of [PAYLOAD, null]) {
      await redis.flushall();
      const version = 1_835_008_000_000_001;
      const op = payload === null ? 'delete' : 'upsert';
      const event = {
        eventId: 'm',
        entity: USERS.name,
        key: KEY,
        op,
        source: 'mongo',
        version,
        payload,
      } as const;
      const stream = KEYS.stream('mongo-to-redis');
      await redis.xgroup('CREATE', stream, 'sync-service', '0', 'MKSTREAM');
      await projections.apply(USERS, [{ entryId: '1-0', event }]);
      expect(await held()).toEqual({ version, source: 'mongo', payload });
    }
  });

  it('I19: what a write knew, on top of every kind of version', async () => {
    const from = (version: number): HeldRecord => ({ version, source: 'mongo', payload: PAYLOAD });
    const hold = (record: HeldRecord) => redis.set(KEYS.record(USERS, KEY), formatRecord(record));
    let inFlight: number | undefined;
    const check = async () => {
      const before = await held();
      await write(PAYLOAD);
      const { base, known = base } = await emitted();
      expect({ base, known }).toEqual({ base: before?.version ?? 0, known: knownOnTop(before, inFlight) });
      inFlight = known;
    };
    await check(); // on top of nothing
    await check(); // of one in flight that knew nothing
    await hold(from(7));
    await check(); // of a version from Mongo
    await check(); // of one in flight
    await check(); // of two in flight
    await settled();
    inFlight = undefined;
    await check(); // of a settled one
    await redis.hset(
      KEYS.inFlight('redis-to-mongo'),
      `${USERS.name}:${KEY}`,
      '9007199254740991 9007199254740990 *',
    );
    inFlight = 9_007_199_254_740_990;
    await check(); // of one in flight that says it knew more than there is
  });
});
