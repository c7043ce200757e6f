import { connect } from '@redis-mongo-sync/redis-streams';
import { scanFraction } from '@redis-mongo-sync/sync-adapters';
import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { differencesFound, USERS, versionAt } from '@redis-mongo-sync/sync-core';
import { ObjectId } from 'mongodb';
import {
  backfill,
  BackfillProgress,
  backfillSource,
  FlowControl,
  FULL_AT,
  sampleOf,
  type BackfillSummary,
} from '@redis-mongo-sync/sync-engine';
import { eventually } from '@redis-mongo-sync/testing';
import { fieldsOfState, SyncBench, user } from '../support/sync-bench.js';

interface RunOptions {
  readonly from: 'mongo' | 'redis';
  readonly prefer?: 'mongo' | 'redis';
  readonly dryRun?: boolean;
  readonly restart?: boolean;
  /** The run is ended behind this many records. */
  readonly endAfter?: number;
}

describeWith(describe, redisUnavailableReason())('backfill', () => {
  let bench: SyncBench;
  beforeEach(async () => {
    bench = await SyncBench.start();
  });
  afterEach(() => bench.stop());

  function run({
    from,
    prefer = 'mongo',
    dryRun = false,
    restart = false,
    endAfter,
  }: RunOptions): Promise<BackfillSummary> {
    const { redis, db } = bench;
    const source = backfillSource({
      from,
      db,
      redis,
      dryRun,
      prefer,
      tombstoneTtlMs: 60_000,
    });
    const abort = new AbortController();
    return backfill({
      entity: USERS,
      source,
      dryRun,
      restart,
      progress: new BackfillProgress(redis, from, 'users'),
      passed: () => Promise.resolve(),
      signal: abort.signal,
      onStep: (_step, { records }) => {
        if (endAfter !== undefined && records >= endAfter) abort.abort();
      },
    });
  }

  async function equal(): Promise<void> {
    await eventually(async () => {
      const started = bench.engine.reconcile.start({ ...sampleOf('users', 1), mode: 'full' });
      const report = started && (await bench.engine.reconcile.ended(started.id))?.report;
      expect(report && { differences: report.differences, settling: report.settling }).toEqual({
        differences: [],
        settling: 0,
      });
      expect(report && differencesFound(report)).toBe(0);
    });
  }

  it('from mongo: publishes documents, stamps those without a version, lists those without a key; goes on where it stopped', async () => {
    await bench.up();
    const at = Date.now() - 1_000;
    const documents = Array.from({ length: 1_800 }, (_, i) => ({
      email: `copy${i}@example.org`,
      name: `n${i}`,
      ...(i % 3 === 0 ? {} : { _sync: { version: versionAt(at), source: 'mongo' } }),
    }));
    await bench.db.collection('users').insertMany([...documents, { name: 'nobody' }]);
    await eventually(async () => (await bench.redis.zcard('index:users')) === 1_800);
    await bench.settled([]);
    const names = await bench.redis.keys('user:*');
    await bench.redis.del(...names, 'index:users');

    const dry = await run({ from: 'mongo', dryRun: true });
    expect(dry).toMatchObject({
      complete: true,
      records: 1_801,
      leftAloneCount: 1,
      counts: { published: 1_800 },
    });
    expect(await bench.redis.zcard('index:users')).toBe(0);

    const first = await run({ from: 'mongo', endAfter: 500 });
    expect(first).toMatchObject({ complete: false, records: 500 });
    const rest = await run({ from: 'mongo' });
    expect(rest).toMatchObject({
      complete: true,
      records: 1_801,
      leftAloneCount: 1,
      counts: { published: 1_300 },
    });
    expect(rest.leftAlone[0]?.reason).toBe('it has no email, or an empty one');
    expect(await bench.redis.exists('sync:backfill:mongo:users')).toBe(0);
    await equal();
  });

  it('from mongo: ids that are strings come along, and what has no version gets one', async () => {
    const users = bench.db.collection<{ _id: string | ObjectId }>('users');
    for (let i = 0; i < 700; i++)
      await users.insertOne({ _id: `s${i}`, email: `s${i}@example.org`, name: 's' } as never);
    for (let i = 0; i < 700; i++) await users.insertOne({ email: `o${i}@example.org`, name: 'o' } as never);
    expect(await run({ from: 'mongo' })).toMatchObject({ records: 1_400, counts: { stamped: 1_400 } });
    await bench.up();
    await eventually(async () => (await bench.redis.zcard('index:users')) === 1_400);
    await equal();
  });

  it('from redis: adopts strings and hashes, mends its own, leaves alone what it cannot read', async () => {
    await bench.up();
    const { redis } = bench;
    await bench.mongo().write(user('both@example.org', { name: 'Mongo' }));
    await bench.inRedis().write(user('ours@example.org'));
    await bench.settled(['both@example.org', 'ours@example.org']);
    await redis.set(
      'user:text@example.org',
      '{"name": "Ada", "tags": [1, 2], "version": 7, "wallet": 99, "passwordHash": "x"}',
    );
    await redis.hset('user:hash@example.org', { name: 'Bea', city: 'Ürzig' });
    await redis.set('user:both@example.org', '{"name":"Redis"}');
    await redis.zrem('index:users', 'ours@example.org');
    const left = {
      'user:broken@example.org': '{"name":',
      'user:Loud@Example.org': '{"name":"x"}',
      'user:no-mail': '{"name":"x"}',
      'user:nameless@example.org': '{"city":"x"}',
      'user:other@example.org': '{"name":"x","email":"else@example.org"}',
      'user:dollar@example.org': '{"name":"x","$set":1}',
    };
    for (const [name, text] of Object.entries(left)) await redis.set(name, text);
    await redis.rpush('user:list@example.org', 'x');
    const cacheEntry = `user:${new ObjectId().toHexString()}`;
    await redis.set(cacheEntry, '{"name":"cached"}');

    const before = await redis.get('user:text@example.org');
    const dry = await run({ from: 'redis', dryRun: true });
    expect(dry).toMatchObject({ counts: { adopted: 2, overruled: 1, indexed: 1 }, leftAloneCount: 7 });
    expect(await redis.get('user:text@example.org')).toBe(before);
    expect(await redis.type('user:hash@example.org')).toBe('hash');

    const done = await run({ from: 'redis' });
    expect(done).toMatchObject({ complete: true, counts: dry.counts, leftAloneCount: 7 });
    expect(done.leftAlone.map(({ name }) => name).sort()).toEqual(
      [...Object.keys(left), 'user:list@example.org'].sort(),
    );
    const keys = ['text', 'hash', 'both', 'ours'].map((name) => `${name}@example.org`);
    await bench.settled(keys);
    expect(fieldsOfState(await bench.mongo().get('text@example.org'))).toEqual({
      email: 'text@example.org',
      name: 'Ada',
      tags: [1, 2],
      version: 7,
    });
    expect(fieldsOfState(await bench.mongo().get('hash@example.org'))).toMatchObject({
      name: 'Bea',
      city: 'Ürzig',
    });
    expect(fieldsOfState(await bench.inRedis().get('both@example.org'))).toMatchObject({ name: 'Mongo' });
    for (const [name, text] of Object.entries(left)) expect(await redis.get(name)).toBe(text);
    expect(await redis.get(cacheEntry)).toBe('{"name":"cached"}');
    const { records } = await bench.inRedis().list({ limit: 10 });
    expect(records.map(({ key }) => key)).toEqual([...keys].sort());
    expect(await run({ from: 'redis' })).toMatchObject({ counts: { fine: 4 } });
    await equal();
  });

  it('from redis: with --prefer redis its record stands, and what Mongo owns stays', async () => {
    await bench.up();
    const at = Date.now() - 1_000;
    const _sync = { version: versionAt(at), source: 'mongo' };
    const document = { email: 'both@example.org', name: 'Mongo', passwordHash: 'secret', _sync };
    await bench.db.collection('users').insertOne(document);
    await eventually(async () => (await bench.inRedis().get('both@example.org')).state === 'live');
    await bench.settled(['both@example.org']);
    await bench.redis.set('user:both@example.org', '{"name":"Redis"}');
    expect(await run({ from: 'redis', prefer: 'redis' })).toMatchObject({ counts: { adopted: 1 } });
    await eventually(async () => {
      const stored = await bench.db.collection('users').findOne({ email: 'both@example.org' });
      expect(stored).toMatchObject({ name: 'Redis', passwordHash: 'secret' });
    });
    await equal();
  });

  it('from redis: a run that was ended goes on from its cursor; another run of the server makes it begin anew', async () => {
    await bench.up();
    const pipeline = bench.redis.pipeline();
    for (let i = 0; i < 3_000; i++) pipeline.set(`user:adopt${i}@example.org`, `{"name":"n${i}"}`);
    await pipeline.exec();
    const first = await run({ from: 'redis', endAfter: 500 });
    expect(first.complete).toBe(false);
    const saved = JSON.parse((await bench.redis.get('sync:backfill:redis:users')) ?? '{}') as {
      cursor: string;
    };
    expect(saved.cursor).not.toBe('0');
    await run({ from: 'redis' });
    await eventually(async () => (await bench.redis.zcard('index:users')) === 3_000);
    await bench.redis.set(
      'sync:backfill:redis:users',
      JSON.stringify({ ...saved, done: 5, epoch: 'another run' }),
    );
    expect(await run({ from: 'redis' })).toMatchObject({ counts: { fine: 3_000 } });
    await equal();
  });

  it('waits while the stream is full', async () => {
    let length = FULL_AT + 1;
    const waits: (number | null)[] = [];
    const control = new FlowControl({
      rate: 0,
      streamLength: () => Promise.resolve((length -= 4_000)),
      signal: new AbortController().signal,
      onWait: (held) => waits.push(held),
    });
    await control.passed(1);
    expect(waits).toEqual([]);
    length = FULL_AT + 4_000;
    await control.passed(1);
    expect(waits).toEqual([FULL_AT, FULL_AT - 4_000, FULL_AT - 8_000, null]);
  });

  it('a SCAN cursor tells how far it is', async () => {
    const redis = connect({ url: bench.server.url, profile: 'commands' });
    try {
      const pipeline = redis.pipeline();
      for (let i = 0; i < 5_000; i++) pipeline.set(`k${i}`, '');
      await pipeline.exec();
      let cursor = '0';
      const seen: [number, number][] = [];
      let count = 0;
      do {
        const [next, keys] = await redis.scan(cursor, 'COUNT', 500);
        cursor = next;
        count += keys.length;
        seen.push([count / 5_000, scanFraction(cursor)]);
      } while (cursor !== '0');
      for (const [real, told] of seen) expect(Math.abs(real - told)).toBeLessThan(0.1);
    } finally {
      redis.disconnect();
    }
  });
});
