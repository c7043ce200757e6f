import { setTimeout as sleep } from 'node:timers/promises';
import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  type KillableMongo,
} from '@redis-mongo-sync/dev-servers';
import { MongoClient } from 'mongodb';
import { KEYS, RedisLedgers } from '@redis-mongo-sync/sync-adapters';
import { eventually } from '@redis-mongo-sync/testing';
import { SyncBench, user } from '../support/sync-bench.js';

const withRedis = describeWith(describe, redisUnavailableReason());
let n = 0;
const email = () => `mongo-fault${n++}@example.org`;

withRedis('faults of MongoDB', () => {
  let mongo: KillableMongo;
  let bench: SyncBench;
  beforeEach(async () => {
    mongo = await startPrivateMongo({ mode: 'child' });
    bench = await SyncBench.start({ mongo, redis: { appendonly: true } });
    await bench.up();
  });
  afterEach(() => bench.stop());

  /** Writes on both sides while `during` runs; returns what was acknowledged. */
  async function writeDuring(
    during: (acknowledged: ReadonlySet<string>) => Promise<void>,
  ): Promise<string[]> {
    const acknowledged = new Set<string>();
    let going = true;
    const writers = [bench.mongo(), bench.inRedis(), bench.inRedis()].map(async (store) => {
      while (going) {
        const key = email();
        await store.write(user(key)).then(
          () => acknowledged.add(key),
          () => undefined, // not acknowledged
        );
        await sleep(1); // a steady load, not a flood
      }
    });
    try {
      await during(acknowledged);
    } finally {
      going = false;
      await Promise.all(writers);
    }
    return [...acknowledged];
  }

  async function allLive(keys: readonly string[]): Promise<void> {
    await bench.settled(keys);
    const states = await Promise.all(keys.map((key) => bench.mongo().get(key)));
    expect(states.filter(({ state }) => state !== 'live')).toEqual([]);
  }

  it('I14: an outage of MongoDB is waited for: Redis-first writes go on, nothing is dead-lettered, all of it arrives', async () => {
    const keys = await writeDuring(async (acknowledged) => {
      await eventually(() => acknowledged.size > 50);
      await mongo.kill('SIGKILL');
      const before = acknowledged.size;
      await eventually(() => acknowledged.size > before + 50);
      await eventually(() => bench.engine.lanes['redis-to-mongo'].mode === 'paused');
      await mongo.restart();
      await eventually(() => bench.engine.status.capture.mode === 'streaming', { timeoutMs: 20_000 });
    });
    await allLive(keys);
    expect(await bench.redis.xlen('redis_changes:dlq')).toBe(0);
    expect(await bench.redis.xlen('mongo_changes:dlq')).toBe(0);
  }, 60_000);

  it('a MongoDB that freezes for longer than every time-out is waited for', async () => {
    const keys = await writeDuring(async (acknowledged) => {
      await eventually(() => acknowledged.size > 50);
      await mongo.freeze();
      await eventually(() => bench.engine.lanes['redis-to-mongo'].mode === 'paused', {
        timeoutMs: 20_000,
      });
      await mongo.thaw();
    });
    await allLive(keys);
    expect(await bench.redis.xlen('redis_changes:dlq')).toBe(0);
  }, 60_000);
});

withRedis('a start while a store is down', () => {
  it('waits for it, and works as soon as it is there', async () => {
    const mongo = await startPrivateMongo({ mode: 'child' });
    const bench = await SyncBench.start({ mongo, redis: { appendonly: true } });
    const client = new MongoClient(mongo.uri, { serverSelectionTimeoutMS: 300, connectTimeoutMS: 300 });
    try {
      await mongo.kill('SIGKILL');
      bench.engine = bench.newEngine({ mongo: client });
      bench.engine.start();
      await eventually(() => bench.engine.status.capture.mode === 'waiting');
      await mongo.restart();
      await eventually(() => bench.engine.status.capture.mode === 'streaming');
      await bench.engine.stop(1_000);

      await bench.server.kill('SIGKILL');
      bench.engine = bench.newEngine({ mongo: client });
      bench.engine.start();
      await eventually(() => bench.engine.status.capture.mode === 'waiting', { timeoutMs: 20_000 });
      await bench.server.restart();
      const key = email();
      await bench.mongo().write(user(key));
      await bench.settled([key]);
    } finally {
      await bench.stop();
      await client.close();
    }
  }, 60_000);
});

withRedis('capture', () => {
  let bench: SyncBench;
  beforeEach(async () => {
    bench = await SyncBench.start();
  });
  afterEach(() => bench.stop());

  it('I13: history lost: everything is published again, and the stream goes on', async () => {
    await bench.up();
    const [a, b] = [email(), email()];
    await bench.mongo().write(user(a));
    await bench.settled([a]);
    await bench.engine.stop(1_000);
    await bench.mongo().write(user(b));
    const position = JSON.parse((await bench.redis.get(KEYS.capturePosition)) ?? '{}') as { feed: string };
    // A token from before all history.
    const feed = position.feed.replace(/"82[0-9a-fA-F]{8}/, '"8200000001');
    expect(feed).not.toBe(position.feed);
    await bench.redis.set(KEYS.capturePosition, JSON.stringify({ feed }));
    bench.engine = bench.newEngine();
    bench.engine.start();
    await bench.settled([a, b]);
    expect((await bench.inRedis().get(b)).state).toBe('live');
    expect(bench.log.join('\n')).toContain('SYNC_101');
  });

  it('I4: a publication that is repeated, or comes from a deposed capture, writes nothing', async () => {
    const { RedisCaptureJournal } = await import('@redis-mongo-sync/sync-adapters');
    const journal = new RedisCaptureJournal(bench.redis);
    const event = {
      eventId: 'mongo:a@b.org:1024000',
      entity: 'users',
      key: 'a@b.org',
      op: 'delete',
      source: 'mongo',
      version: 1_024_000,
      payload: null,
    } as const;
    const publication = { expected: null, next: { feed: 'p1' }, events: [event] };
    expect(await journal.publish(publication)).toEqual({ outcome: 'published' });
    expect(await journal.publish(publication)).toEqual({ outcome: 'published' });
    expect(await bench.redis.xlen('mongo_changes')).toBe(1);
    expect(await journal.publish({ ...publication, next: { feed: 'p2' } })).toEqual({ outcome: 'fenced' });
    const older = { ...event, version: 1_000_000 };
    expect(
      await journal.publish({ expected: { feed: 'p1' }, next: { feed: 'p2' }, events: [event, older] }),
    ).toEqual({
      outcome: 'set-back',
      indices: [1],
    });
    expect(await bench.redis.xlen('mongo_changes')).toBe(1);
  });

  it('processed_events has two generations: it stops growing under load, and still knows the events of the last one', async () => {
    const ledgers = new RedisLedgers(bench.redis);
    const limits = { maxAgeMs: 3_600_000, maxMembers: 3 };
    await ledgers.rotateProcessed(limits);
    await bench.redis.sadd('processed_events', 'a', 'b', 'c');
    expect(await ledgers.rotateProcessed(limits)).toBe(true);
    await bench.redis.sadd('processed_events', 'd', 'e', 'f');
    expect(await ledgers.rotateProcessed(limits)).toBe(true);
    expect((await bench.redis.smembers('processed_events:previous')).sort()).toEqual(['d', 'e', 'f']);
    expect(await bench.redis.exists('processed_events')).toBe(0);
    expect(await ledgers.rotateProcessed(limits)).toBe(false);
  });

  it('refuses a Redis that may evict streams, and warns of one that keeps nothing on disk', async () => {
    await bench.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(bench.engine.requireSafeRedis()).rejects.toThrow('SYNC_401');
    await bench.redis.config('SET', 'maxmemory-policy', 'noeviction');
    await bench.engine.requireSafeRedis();
    expect(bench.log.join('\n')).toContain('SYNC_402');
  });
});
