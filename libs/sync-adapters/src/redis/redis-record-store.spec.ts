import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWith, redisUnavailableReason, startPrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import {
  formatRecord,
  parseEvent,
  USERS,
  type JsonObject,
  type WriteCommand,
} from '@redis-mongo-sync/sync-core';
import { recordStoreContract } from '@redis-mongo-sync/sync-core/contracts';
import type { Redis } from 'ioredis';
import { KEYS } from './keys.js';
import { RedisRecordStore } from './redis-record-store.js';
import { writeRecord } from './write-record.js';

describeWith(describe, redisUnavailableReason())('RedisRecordStore', () => {
  recordStoreContract({
    name: 'Redis',
    source: 'redis',
    makeStore: async () => {
      const server = await startPrivateRedis();
      const redis = connect({ url: server.url, profile: 'commands' });
      return {
        store: new RedisRecordStore({ redis, entity: USERS }),
        close: async () => {
          redis.disconnect();
          await server.stop();
        },
      };
    },
  });
});

describeWith(describe, redisUnavailableReason())(
  'what a write of RedisRecordStore says that it changed',
  () => {
    const KEY = 'ada@example.org';
    let server: Awaited<ReturnType<typeof startPrivateRedis>>;
    let redis: Redis;
    let store: RedisRecordStore;
    beforeAll(async () => {
      server = await startPrivateRedis();
      redis = connect({ url: server.url, profile: 'commands' });
      store = new RedisRecordStore({ redis, entity: USERS });
    });
    afterAll(async () => {
      redis.disconnect();
      await server.stop();
    });

    it('is not on top of what took the place of the text that was seen at its own version', async () => {
      const write = { key: KEY, payload: '{"email":"ada@example.org"}', tombstoneTtlMs: 60_000 };
      await redis.set(
        KEYS.record(USERS, KEY),
        formatRecord({ version: 1000, source: 'mongo', payload: '{"email":"ada@example.org","name":"b"}' }),
      );
      const seen = { version: 1000, source: 'redis' } as const;
      expect(await writeRecord(redis, USERS, { ...write, expected: seen, operationId: 'a' })).toMatchObject({
        outcome: 'conflict',
      });
      const present = { version: 1000, source: 'mongo' } as const;
      expect(
        await writeRecord(redis, USERS, { ...write, expected: present, operationId: 'b' }),
      ).toMatchObject({ outcome: 'written' });
    });

    /** What is said of a write on top of these fields. */
    async function changedBy(before: JsonObject | null, write: Partial<WriteCommand>) {
      await redis.flushall();
      const payload = before && JSON.stringify({ email: KEY, ...before });
      const text = formatRecord({ version: 1000, source: 'mongo', payload });
      if (before) await redis.set(KEYS.record(USERS, KEY), text);
      const command = {
        key: KEY,
        mode: 'merge',
        set: {},
        unset: [],
        create: true,
        precondition: { kind: 'none' },
      } as const;
      await store.write({ ...command, ...write });
      const [entry] = await redis.xrevrange(KEYS.stream('redis-to-mongo'), '+', '-', 'COUNT', 1);
      return parseEvent(entry?.[1][1] ?? '').changed;
    }

    it('the fields that are set to another value, and those that are removed', async () => {
      const before = { name: 'A', city: 'B', nested: { b: 1, a: [1] }, none: null, wallet: { gold: 1 } };
      const set = { name: 'A', city: 'C', nested: { a: [1], b: 1 }, more: null };
      expect(await changedBy(before, { set, unset: ['none', 'never-there'] })).toEqual([
        'city',
        'none',
        'more',
      ]);
      expect(await changedBy(before, { set: { name: 'A' } })).toEqual([]);
    });

    it('of a replacement those that differ, but for what Redis does not own', async () => {
      const before = { name: 'A', city: 'B', age: 1, wallet: { gold: 1 } };
      const set = { name: 'A', city: 'C' };
      expect(await changedBy(before, { mode: 'replace', set })).toEqual(['city', 'age']);
    });

    it('nothing of a record that is created, or of more than a thousand fields', async () => {
      expect(await changedBy(null, { set: { name: 'A' } })).toBeUndefined();
      const many = Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`f${n}`, n]));
      expect(await changedBy({ name: 'A' }, { set: many })).toBeUndefined();
    });
  },
);
