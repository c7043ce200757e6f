import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { KEYS, RedisRecordStore } from '@redis-mongo-sync/sync-adapters';
import {
  formatEvent,
  USERS,
  versionAt,
  type ChangeEvent,
  type EntityDefinition,
} from '@redis-mongo-sync/sync-core';
import { eventually, TcpProxy } from '@redis-mongo-sync/testing';
import { fieldsOfState, SyncBench, user } from '../support/sync-bench.js';

const withRedis = describeWith(describe, redisUnavailableReason());
let n = 0;
const email = () => `fault${n++}@example.org`;

/** Writes through both sides for as long as `during` runs, and returns the keys that were acknowledged. */
async function writeDuring(bench: SyncBench, during: () => Promise<void>): Promise<string[]> {
  const keys: string[] = [];
  let going = true;
  const writer = async (store: 'mongo' | 'redis') => {
    while (going) {
      const key = email();
      const write = store === 'mongo' ? bench.mongo().write(user(key)) : bench.inRedis().write(user(key));
      await write.then(
        () => keys.push(key),
        () => undefined, // not acknowledged: it may or may not be there
      );
      await sleep(1); // a steady load, not a flood
    }
  };
  const writers = [writer('mongo'), writer('redis'), writer('mongo'), writer('redis')];
  try {
    await during();
  } finally {
    going = false;
    await Promise.all(writers);
  }
  expect(keys.length).toBeGreaterThan(0);
  return keys;
}

/** Redis writes that have entered the stream; its length says less, for it is trimmed all the time. */
async function captured(bench: SyncBench): Promise<number> {
  return Number(await bench.redis.hget(KEYS.ledger('redis-to-mongo'), 'captured'));
}

async function allLive(bench: SyncBench, keys: readonly string[]): Promise<void> {
  await bench.settled(keys);
  const states = await Promise.all(keys.map((key) => bench.mongo().get(key)));
  expect(states.filter(({ state }) => state !== 'live')).toEqual([]);
}

withRedis('faults around a running engine', () => {
  let bench: SyncBench;
  beforeEach(async () => {
    bench = await SyncBench.start({ redis: { appendonly: true } });
    await bench.up();
  });
  afterEach(() => bench.stop());

  it('I11: nothing acknowledged is lost when Redis is killed and comes back', async () => {
    const keys = await writeDuring(bench, async () => {
      await eventually(async () => (await captured(bench)) > 20);
      await bench.server.kill('SIGKILL');
      await bench.server.restart();
      await eventually(async () => (await bench.redis.ping()) === 'PONG');
      const before = await captured(bench);
      await eventually(async () => (await captured(bench)) > before);
    });
    await allLive(bench, keys);
  });

  it('I11: nothing acknowledged is lost when Redis freezes for longer than every time-out', async () => {
    const keys = await writeDuring(bench, async () => {
      await eventually(async () => (await captured(bench)) > 20);
      await bench.server.freeze();
      await eventually(() => bench.engine.lanes['mongo-to-redis'].mode === 'paused');
      await bench.server.thaw();
      await eventually(() => bench.engine.lanes['mongo-to-redis'].mode === 'tailing');
    });
    await allLive(bench, keys);
  });

  it('I12: a deleted stream is noticed, and what was on it is re-emitted', async () => {
    await bench.engine.stop(1_000);
    const [a, b] = [email(), email()];
    await bench.mongo().write(user(a));
    await bench.inRedis().write(user(b));
    bench.engine = bench.newEngine();
    bench.engine.lanes['redis-to-mongo'].pause();
    bench.engine.lanes['mongo-to-redis'].pause();
    bench.engine.start();
    await eventually(async () => (await bench.redis.hlen('mongo_changes:inflight')) === 1);
    await bench.redis.del('mongo_changes', 'redis_changes');
    bench.engine.lanes['redis-to-mongo'].resume();
    bench.engine.lanes['mongo-to-redis'].resume();
    await allLive(bench, [a, b]);
  });

  it('I12: entries that an outsider trimmed unread are re-emitted', async () => {
    const keys = [email(), email(), email()];
    bench.engine.lanes['redis-to-mongo'].pause();
    await eventually(() => bench.engine.lanes['redis-to-mongo'].mode === 'paused');
    for (const key of keys) await bench.inRedis().write(user(key));
    await bench.redis.xtrim('redis_changes', 'MAXLEN', 0);
    bench.engine.lanes['redis-to-mongo'].resume();
    await allLive(bench, keys);
  });

  it('I13: after FLUSHALL everything that Mongo has is in Redis again', async () => {
    const keys = Array.from({ length: 50 }, email);
    for (const key of keys) await bench.mongo().write(user(key));
    await bench.settled(keys);
    await bench.redis.flushall();
    await allLive(bench, keys);
  });

  it('I13: records that were in Mongo before the sync was, with and without a version, arrive', async () => {
    await bench.engine.stop(1_000);
    await bench.redis.flushall();
    const keys = Array.from({ length: 1_200 }, email);
    await bench.db.collection('users').insertMany(keys.map((key, i) => ({ email: key, name: `n${i}` })));
    bench.engine = bench.newEngine();
    bench.engine.start();
    // Comparing 1,200 records again and again would keep the stores busier than the snapshot does.
    await eventually(async () => (await bench.redis.zcard('index:users')) === keys.length, {
      timeoutMs: 20_000,
    });
    await allLive(bench, keys);
  });

  it('two sync-services share the work, and one captures', async () => {
    const second = bench.newEngine();
    second.start();
    await eventually(() => second.status.capture.mode === 'standby');
    const keys = await writeDuring(bench, async () => {
      await eventually(async () => (await captured(bench)) > 50);
    });
    await allLive(bench, keys);
    await bench.engine.stop(1_000);
    await eventually(() => second.status.capture.mode === 'streaming');
    bench.engine = second;
    const key = email();
    await bench.mongo().write(user(key));
    await allLive(bench, [key]);
  });

  it('an engine that is stopped in mid-flow leaves nothing behind but work for the next one', async () => {
    const keys = await writeDuring(bench, async () => {
      for (let round = 0; round < 3; round++) {
        await eventually(async () => (await captured(bench)) > 20 * (round + 1));
        await bench.engine.stop(1_000);
        bench.engine = bench.newEngine();
        bench.engine.start();
      }
    });
    await allLive(bench, keys);
  });
});

withRedis('entries that cannot be applied', () => {
  let bench: SyncBench;
  beforeAll(async () => {
    bench = await SyncBench.start();
    await bench.up();
  });
  afterAll(() => bench.stop());

  const letters = (direction: 'mongo_changes' | 'redis_changes') =>
    bench.redis.xrange(`${direction}:dlq`, '-', '+');

  async function inject(stream: string, text: string): Promise<void> {
    await bench.redis
      .multi()
      .xadd(stream, '*', 'event', text)
      .hincrby(
        `sync:ledger:${stream === 'mongo_changes' ? 'mongo-to-redis' : 'redis-to-mongo'}`,
        'captured',
        1,
      )
      .exec();
  }

  const event = (change: Partial<ChangeEvent>): ChangeEvent => ({
    eventId: 'redis:x@example.org:1',
    entity: USERS.name,
    key: 'x@example.org',
    op: 'upsert',
    source: 'redis',
    version: versionAt(Date.now()),
    payload: '{"email":"x@example.org","name":"X"}',
    ...change,
  });

  it.each([
    ['no JSON', '{"schema":2', 'not an event envelope'],
    [
      'an unknown schema',
      formatEvent(event({})).replace('"schema":2', '"schema":9'),
      'schema 9 is not known',
    ],
    ['a version that is none', formatEvent(event({ version: 1.5 })), 'version must be'],
    ['an unknown entity', formatEvent(event({ entity: 'ghosts' })), 'is not configured'],
    ['a payload that is no object', formatEvent(event({ payload: '[1]' })), 'payload is not an object'],
    ['an operation that is none', formatEvent(event({})).replace('"upsert"', '"merge"'), 'op must be'],
  ])('I14: %s goes to the dead letters at once, and the stream goes on', async (_what, text, reason) => {
    for (const stream of ['mongo_changes', 'redis_changes'] as const) {
      const before = (await letters(stream)).length;
      await inject(stream, text);
      await eventually(async () => {
        expect((await letters(stream)).length).toBe(before + 1);
      });
      expect(JSON.stringify((await letters(stream)).at(-1))).toContain(reason);
    }
    const key = email();
    await bench.inRedis().write(user(key));
    await allLive(bench, [key]);
  });

  it('I15: a version a minute ahead of the clock is never applied silently', async () => {
    const version = versionAt(Date.now() + 120_000);
    await inject('redis_changes', formatEvent(event({ version })));
    await eventually(async () => {
      expect(JSON.stringify((await letters('redis_changes')).at(-1))).toContain('clock-skew');
    });
    expect((await bench.mongo().get('x@example.org')).state).toBe('absent');
  });

  it('I14: a record that Mongo refuses is retried, dead-lettered, and arrives when it is replayed after the repair', async () => {
    const index = await bench.db.collection('users').createIndex({ nick: 1 }, { unique: true, sparse: true });
    const [a, b] = [email(), email()];
    await bench.mongo().write(user(a, { name: 'A', nick: 'ada' }));
    await bench.settled([a]);
    const before = (await letters('redis_changes')).length;
    await bench.inRedis().write(user(b, { name: 'B', nick: 'ada' }));
    await eventually(async () => {
      expect((await letters('redis_changes')).length).toBe(before + 1);
    });
    const [id, fields] = (await letters('redis_changes')).at(-1) ?? ['', []];
    expect(fields.slice(8, 10)).toEqual(['attempts', '4']);
    await bench.db.collection('users').dropIndex(index);
    const outcome = await bench.engine.deadLetters.of('redis_changes').replay(id);
    expect(outcome.kind).toBe('replayed');
    await allLive(bench, [b]);
  });
});

withRedis('a cut connection', () => {
  it('I4: a write whose reply is lost is sent again and still written once', async () => {
    const bench = await SyncBench.start();
    const proxy = await TcpProxy.start({ port: bench.server.port });
    const redis = connect({ url: `redis://127.0.0.1:${proxy.port}`, profile: 'commands' });
    try {
      const store = new RedisRecordStore({ redis, entity: USERS });
      await store.write(user(email())); // the script is loaded, the connection is warm
      const before = await bench.redis.xlen('redis_changes');
      for (let i = 0; i < 20; i++) {
        proxy.cutReply((reply) => reply.toString().includes('written'));
        const result = await store.write(user(email()));
        expect(result.outcome).toBe('created');
      }
      expect(proxy.cuts).toBe(20);
      expect(await bench.redis.xlen('redis_changes')).toBe(before + 20);
    } finally {
      redis.disconnect();
      await proxy.close();
      await bench.stop();
    }
  });

  it('I18: captured, applied and counted once, however often replies to the engine are lost', async () => {
    const bench = await SyncBench.start();
    const proxy = await TcpProxy.start({ port: bench.server.port });
    bench.engine = bench.newEngine({ redisUrl: `redis://127.0.0.1:${proxy.port}` });
    try {
      await bench.up();
      const keys = Array.from({ length: 12 }, email);
      for (const [cuts, key] of keys.entries()) {
        proxy.cutReply();
        await bench.mongo().write(user(key));
        await bench.inRedis().write(user(key, { name: 'again' }));
        await eventually(() => proxy.cuts > cuts);
      }
      proxy.pass();
      await bench.settled(keys);
      expect(proxy.cuts).toBe(keys.length);
      const { ledger } = await bench.engine.status.ledger('redis-to-mongo');
      expect(ledger.captured).toBe(keys.length);
    } finally {
      await bench.stop();
      await proxy.close();
    }
  });
});

withRedis('an entity is configuration', () => {
  const PRODUCTS: EntityDefinition = {
    name: 'products',
    collection: 'products',
    keyField: 'sku',
    keyTemplate: 'product:{key}',
    normalizeKey: String,
    requiredOnCreate: ['title'],
    ownedFields: ['stock'],
    secretFields: ['cost'],
    filter: (fields) => fields.draft !== true,
  };
  let bench: SyncBench;
  beforeAll(async () => {
    bench = await SyncBench.start({ entities: [USERS, PRODUCTS] });
    await bench.up();
  });
  afterAll(() => bench.stop());

  it('products travel both ways, beside users, by their own rules', async () => {
    const key = email();
    await bench.inRedis(PRODUCTS).write(user('SKU-1', { title: 'Lamp' }));
    await bench.mongo(PRODUCTS).write(user('SKU-2', { title: 'Desk', cost: 3 }));
    await bench.mongo().write(user(key));
    await bench.settled([key]);
    await bench.settled(['SKU-1'], PRODUCTS);
    await eventually(async () => {
      expect(fieldsOfState(await bench.inRedis(PRODUCTS).get('SKU-2'))).toEqual({
        sku: 'SKU-2',
        title: 'Desk',
      });
    });
    expect(await bench.redis.exists('product:SKU-1', 'product:SKU-2')).toBe(2);
  });

  it('a record that the filter hides disappears from Redis, and comes back when it passes again', async () => {
    await bench.mongo(PRODUCTS).write(user('SKU-3', { title: 'Chair' }));
    await bench.settled(['SKU-3'], PRODUCTS);
    await bench.mongo(PRODUCTS).write(user('SKU-3', { draft: true }));
    await eventually(async () => (await bench.inRedis(PRODUCTS).get('SKU-3')).state === 'deleted');
    await bench.mongo(PRODUCTS).write(user('SKU-3', { draft: false }));
    await bench.settled(['SKU-3'], PRODUCTS);
    expect((await bench.inRedis(PRODUCTS).get('SKU-3')).state).toBe('live');
  });
});
