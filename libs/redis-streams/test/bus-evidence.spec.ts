import type { Redis } from 'ioredis';
import { RedisMessageBus, type RedisBusOptions } from '../src/bus/redis-message-bus.js';
import { connect } from '../src/connections.js';
import { StreamCatalog } from '../src/envelope/stream-catalog.js';
import { RedisMessageProducer } from '../src/producer/redis-message-producer.js';
import { DeadLetterKeeper } from '../src/dead-letters/dead-letter-keeper.js';
import { eventually } from '../src/testing/eventually.js';
import { ManualClock } from '../src/testing/manual-clock.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';
import { SpawnedSubscriber } from './support/spawned-subscriber.js';
import { TcpProxy } from '@redis-mongo-sync/testing';

const STREAM = 'orders:events';
/** Messages of the large run; the full one is 50000: MESSAGES=50000 npx jest … */
const MESSAGES = Number(process.env.MESSAGES ?? 10_000);
const TIMINGS = { leaseMs: 600, blockMs: 100, minIdleMs: 400, reclaimEveryMs: 150, drainMs: 5_000 };

describe('the bus under faults', () => {
  let server: TestRedis;
  let client: Redis;
  const cleanUps: (() => unknown)[] = [];

  beforeAll(async () => {
    server = await startTestRedis();
    client = server.client();
  });
  beforeEach(() => client.flushall());
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  afterAll(() => server.stop());

  function makeBus(options: Partial<RedisBusOptions> = {}): RedisMessageBus {
    const bus = new RedisMessageBus({ commands: client, timings: TIMINGS, ...options });
    cleanUps.push(() => bus.close());
    return bus;
  }

  it('publishes exactly once over a connection that is cut in mid-call, 30 times', async () => {
    const proxy = await TcpProxy.start({ port: server.port });
    const commands = connect({ url: `redis://127.0.0.1:${proxy.port}`, profile: 'commands' });
    cleanUps.push(() => proxy.close());
    cleanUps.push(() => commands.disconnect());
    const bus = makeBus({ commands });
    await bus.producer.publish(STREAM, { type: 'order.placed', data: -1 });
    for (let n = 0; n < 30; n += 1) {
      proxy.cutReply();
      const { outcome } = await bus.producer.publish(STREAM, { type: 'order.placed', data: n });
      expect(outcome).toBe('accepted');
    }
    expect(proxy.cuts).toBe(30);
    expect(await client.xlen(STREAM)).toBe(31);
  });

  it('says so when Redis does not confirm, and takes the same id again', async () => {
    const proxy = await TcpProxy.start({ port: server.port });
    const overrides = { commandTimeout: 100, maxRetriesPerRequest: 0 };
    const commands = connect({ url: `redis://127.0.0.1:${proxy.port}`, profile: 'commands', overrides });
    cleanUps.push(() => proxy.close());
    cleanUps.push(() => commands.disconnect());
    const bus = makeBus({ commands, repeatDelaysMs: [5, 5] });
    const event = { id: 'e-1', type: 'order.placed', data: 1 };
    await bus.producer.publish(STREAM, { type: 'order.placed', data: 0 });
    proxy.refuse();
    await expect(bus.producer.publish(STREAM, event)).rejects.toMatchObject({ code: 'PUBLISH_UNCONFIRMED' });
    proxy.pass();
    await eventually(async () => (await bus.producer.publish(STREAM, event)).eventId === 'e-1');
    expect(await client.xlen(STREAM)).toBe(2);
  });

  it('holds a bounded number of ids, and every one for its window', async () => {
    const bus = makeBus({ maxIds: 100 });
    for (let n = 0; n < 1_000; n += 1)
      await bus.producer.publish(STREAM, { id: `e-${n}`, type: 'a.b', data: n });
    const [current, previous] = bus.catalog.of(STREAM).idKeys(0);
    expect((await client.hlen(current)) + (await client.hlen(previous))).toBeLessThanOrEqual(204);
    for (let n = 900; n < 1_000; n += 1)
      expect((await bus.producer.publish(STREAM, { id: `e-${n}`, type: 'a.b', data: n })).outcome).toBe(
        'duplicate',
      );
    expect(await client.pttl(current)).toBeGreaterThan(300_000);
  });

  it('trims to what every group has acked by default, or to a number of entries', async () => {
    const bus = makeBus({
      streams: { 'small:events': { trim: 'length', maxLength: 500 } },
    });
    const items = Array.from({ length: 3_000 }, (_, n) => ({ type: 'a.b', data: n }));
    for (const stream of ['small:events', 'acked:events'])
      await bus.producer.publishBatch(items.map((event) => ({ stream, event })));
    expect(await client.xlen('small:events')).toBeLessThan(700);
    expect(await client.xlen('acked:events')).toBe(3_000);
    expect(bus.catalog.of('any:events').definition).toMatchObject({ trim: 'acked', maxLength: 10_000 });
  });

  it('with `acked`, removes what every group has acked, and nothing that one has not', async () => {
    const clock = new ManualClock();
    const catalog = new StreamCatalog({ streams: { [STREAM]: { trim: 'acked' } } });
    const producer = new RedisMessageProducer({ commands: client, catalog, clock });
    cleanUps.push(() => producer.close());
    const items = Array.from({ length: 1_000 }, (_, n) => ({ type: 'a.b', data: n }));
    const published = await producer.publishBatch(items.map((event) => ({ stream: STREAM, event })));
    const ids = published.map((one) => (one.outcome === 'rejected' ? '' : one.entryId));
    const bus = makeBus();
    let [fast, slow] = [0, 0];
    await bus.consumer.subscribe(STREAM, 'fast', () => void (fast += 1));
    await client.xgroup('CREATE', STREAM, 'slow', '0');
    await eventually(() => fast === 1_000);
    clock.advance(5_000);
    await producer.close(); // waits for the trim that is under way
    expect(await client.xlen(STREAM)).toBe(1_000);

    const again = new RedisMessageProducer({ commands: client, catalog, clock });
    cleanUps.push(() => again.close());
    await again.publish(STREAM, { type: 'a.b', data: 'last' });
    const { handled, hold } = { handled: 600, hold: new Promise<void>(() => undefined) };
    const handler = ({ data }: { data: unknown }): Promise<void> | void => {
      if (Number(data) >= handled || data === 'last') return hold;
      slow += 1;
    };
    const slowBus = makeBus({ timings: { ...TIMINGS, drainMs: 10, minIdleMs: 60_000 } });
    await slowBus.consumer.subscribe(STREAM, 'slow', handler, { concurrency: 1, batchSize: 10 });
    await eventually(() => slow === handled);
    await eventually(async () => {
      clock.advance(5_000);
      expect(await client.xlen(STREAM)).toBeLessThan(1_001 - 400); // whole nodes of about a hundred
    });
    const left = (await client.xrange(STREAM, '-', '+')).map(([id]) => id);
    expect(left).toEqual(expect.arrayContaining(ids.slice(handled)));
  });

  it('refuses another number of partitions than the stream has', async () => {
    await makeBus({ streams: { [STREAM]: { partitions: 4 } } }).producer.publish(STREAM, {
      type: 'a.b',
      data: 1,
    });
    const other = makeBus({ streams: { [STREAM]: { partitions: 8 } } });
    await expect(other.producer.publish(STREAM, { type: 'a.b', data: 1 })).rejects.toThrow(
      'has 4 partitions',
    );
    await expect(other.consumer.subscribe(STREAM, 'g', () => undefined)).rejects.toThrow('has 4 partitions');
  });

  it.each([1, 4])('takes over after kill -9 of a consumer process (%i partitions)', async (partitions) => {
    const streams = { [STREAM]: { partitions } };
    const bus = makeBus({ streams });
    const victim = new SpawnedSubscriber({
      url: server.url,
      stream: STREAM,
      partitions,
      behaviour: 'hold',
      timings: TIMINGS,
    });
    cleanUps.push(() => victim.kill());
    await eventually(() => victim.ready, { timeoutMs: 20_000 });
    for (let n = 0; n < 20; n += 1)
      await bus.producer.publish(STREAM, { type: 'a.b', data: n, key: `k${n}` });
    await eventually(() => victim.seen.length > 0);
    await victim.kill();
    const seen = new Set<unknown>();
    await bus.consumer.subscribe(STREAM, 'g', ({ data }) => void seen.add(data));
    await eventually(() => seen.size === 20);
  });

  it('keeps the order of each key, effects once, when one of two processes is killed (-9) at work', async () => {
    const settings = { url: server.url, stream: STREAM, partitions: 4, timings: TIMINGS };
    const bus = makeBus({ streams: { [STREAM]: { partitions: 4 } } });
    const [KEYS, COUNT] = [8, 400];
    const record = { ...settings, behaviour: 'record' as const, takesMs: 3 };
    const [victim, survivor] = [new SpawnedSubscriber(record), new SpawnedSubscriber(record)];
    for (const child of [victim, survivor]) cleanUps.push(() => child.kill());
    await eventually(() => victim.ready && survivor.ready, { timeoutMs: 20_000 });
    for (let n = 0; n < COUNT; n += 1) {
      await bus.producer.publish(STREAM, { type: 'a.b', data: n, key: `k${n % KEYS}` });
      if (n === COUNT / 2) await eventually(() => victim.seen.length > 10 && survivor.seen.length > 10);
      if (n === COUNT / 2 + 20) await victim.kill();
    }
    for (let key = 0; key < KEYS; key += 1) {
      const expected = Array.from({ length: COUNT / KEYS }, (_, n) => String(n * KEYS + key));
      await eventually(
        async () => expect(await client.llen(`seen:k${key}`)).toBeGreaterThanOrEqual(expected.length),
        { timeoutMs: 20_000 },
      );
      expect(await client.lrange(`seen:k${key}`, 0, -1)).toEqual(expected);
    }
  }, 60_000);

  it('dead-letters the message that kills its process, and only that', async () => {
    const bus = makeBus();
    for (let n = 0; n < 5; n += 1) await bus.producer.publish(STREAM, { type: 'a.b', data: n });
    const settings = {
      url: server.url,
      stream: STREAM,
      partitions: 1,
      behaviour: 'die' as const,
      killer: 2,
      timings: TIMINGS,
    };
    const children: SpawnedSubscriber[] = [];
    await eventually(
      async () => {
        const child = new SpawnedSubscriber({ ...settings, instance: 'stable' });
        children.push(child);
        cleanUps.push(() => child.kill());
        await eventually(async () => child.ended || (await bus.deadLetters(STREAM).size()) === 1, {
          timeoutMs: 20_000,
        });
        expect(await bus.deadLetters(STREAM).size()).toBe(1);
        await eventually(async () => ((await client.xpending(STREAM, 'g')) as [number])[0] === 0);
      },
      { timeoutMs: 60_000 },
    );
    // What a child says of itself comes over a pipe, later than what it did in Redis.
    await eventually(() => {
      const seen = new Set(children.flatMap((child) => child.seen));
      expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
    });
    const [letter] = (await bus.deadLetters(STREAM).list()).letters;
    expect(letter?.error).toContain('does not survive');
  }, 90_000);

  it('dead-letters nothing of other partitions and subscriptions that its process had in hand as well', async () => {
    const OTHER = 'mails:events';
    const bus = makeBus({ streams: { [STREAM]: { partitions: 4 } } });
    for (let n = 0; n < 8; n += 1) {
      const event = { type: 'a.b', data: n, key: `k${n}` };
      await bus.producer.publish(STREAM, event);
      await bus.producer.publish(OTHER, { ...event, data: n + 100 });
    }
    const settings = { url: server.url, stream: STREAM, partitions: 4, otherStream: OTHER };
    const rules = {
      behaviour: 'die' as const,
      killer: 2,
      takesMs: 300,
      instance: 'stable',
      timings: TIMINGS,
    };
    const pending = async (): Promise<number> => {
      const streams = [...bus.catalog.of(STREAM).streamKeys, OTHER];
      const counts = await Promise.all(streams.map((key) => client.xpending(key, 'g').catch(() => [1])));
      return counts.reduce((sum, [count]) => sum + Number(count), 0);
    };
    const done = async (): Promise<boolean> =>
      (await bus.deadLetters(STREAM).size()) > 0 && (await pending()) === 0;
    for (let deaths = 0; !(await done()); deaths += 1) {
      expect(deaths).toBeLessThan(12);
      const child = new SpawnedSubscriber({ ...settings, ...rules });
      cleanUps.push(() => child.kill());
      await eventually(async () => child.ended || (await done()), { timeoutMs: 40_000 });
    }
    const letters = [
      ...(await bus.deadLetters(STREAM).list()).letters,
      ...(await bus.deadLetters(OTHER).list()).letters,
    ];
    expect(letters.map(({ fields }) => (JSON.parse(fields.event ?? '{}') as { data: unknown }).data)).toEqual(
      [2],
    );
  }, 120_000);

  it.each(['DEL', 'FLUSHALL'])('goes on after %s under a blocked reader', async (command) => {
    const bus = makeBus({ streams: { [STREAM]: { partitions: 2 } } });
    const seen: unknown[] = [];
    await bus.consumer.subscribe(STREAM, 'g', ({ data }) => void seen.push(data));
    await bus.producer.publish(STREAM, { type: 'a.b', data: 1, key: 'k' });
    await eventually(() => seen.length === 1);
    if (command === 'DEL') await client.del(`${STREAM}:p0`, `${STREAM}:p1`);
    else await client.flushall();
    await bus.producer.publish(STREAM, { type: 'a.b', data: 2, key: 'k' });
    await eventually(() => seen.length === 2);
  });

  it('runs no effect of a consumer that slept through a take-over', async () => {
    const bus = makeBus({ timings: { ...TIMINGS, minIdleMs: 60_000 } });
    let wake: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    let began = false;
    await bus.consumer.subscribe(STREAM, 'g', async (_event, context) => {
      context.effect('INCR', 'sleeper');
      began = true;
      await asleep;
    });
    await bus.producer.publish(STREAM, { type: 'a.b', data: 1 });
    await eventually(() => began);
    const [row] = (await client.xpending(STREAM, 'g', '-', '+', 1)) as [string][];
    await client.xclaim(STREAM, 'g', 'other', 0, row?.[0] ?? '');
    wake();
    await bus.consumer.unsubscribe(STREAM, 'g');
    expect(await client.exists('sleeper')).toBe(0);
  });

  it('shares partitions among the instances that come and go, none read by two', async () => {
    const streams = { [STREAM]: { partitions: 6 } };
    const buses = [1, 2, 3].map(() => makeBus({ streams }));
    const owned = () => buses.map((bus) => bus.consumer.subscriptions()[0]?.partitions ?? []);
    for (const bus of buses) await bus.consumer.subscribe(STREAM, 'g', () => undefined);
    await eventually(() => expect(owned().map(({ length }) => length)).toEqual([2, 2, 2]));
    expect(owned().flat().sort()).toEqual([0, 1, 2, 3, 4, 5]);
    await buses[0]?.close();
    await eventually(() => expect(owned().map(({ length }) => length)).toEqual([0, 3, 3]));
  });

  it('watches dead letters: one alert up, one down; old ones go', async () => {
    const clock = new ManualClock(Date.now() + 31 * 86_400_000);
    const bus = makeBus();
    const letters = bus.deadLetters(STREAM);
    const alerts: [boolean, number][] = [];
    const onAlert = (raised: boolean, size: number): void => void alerts.push([raised, size]);
    const keeper = new DeadLetterKeeper({ letters, alertAt: 3, onAlert, clock });
    for (let n = 0; n < 3; n += 1) await client.xadd(`${STREAM}:dlq`, '*', 'n', String(n));
    await keeper.check();
    await keeper.check();
    expect(alerts).toEqual([[true, 3]]);
    const aged = new RedisMessageBus({ commands: client, clock });
    expect(await aged.deadLetters(STREAM).cleanUp({ days: 30 })).toBe(3);
    await expect(letters.cleanUp({ days: 1 })).rejects.toThrow('7 to 30');
    await keeper.check();
    expect(alerts).toEqual([
      [true, 3],
      [false, 0],
    ]);
    expect((await letters.auditTrail())[0]).toMatchObject({ action: 'clean-up', by: 'retention' });
  });

  it(`2 groups × 3 instances × ${MESSAGES} messages: each seen, effects once, order per key kept`, async () => {
    const streams = { [STREAM]: { partitions: 6, trim: 'none' as const } };
    const producer = makeBus({ streams });
    const KEYS = 100;
    const startedAt = Date.now();
    for (const group of ['one', 'two']) {
      for (let instance = 0; instance < 3; instance += 1) {
        const bus = makeBus({ streams, commands: server.client() });
        const handler = (
          { key = '', data }: { key?: string; data: unknown },
          context: { effect: Effect },
        ): void => {
          context.effect('RPUSH', `seen:${group}:${key}`, String(data));
        };
        await bus.consumer.subscribe(STREAM, group, handler, { concurrency: 100, batchSize: 200 });
      }
    }
    for (let from = 0; from < MESSAGES; from += 500) {
      await producer.producer.publishBatch(
        Array.from({ length: Math.min(500, MESSAGES - from) }, (_, index) => ({
          stream: STREAM,
          event: { type: 'a.b', key: `k${(from + index) % KEYS}`, data: from + index },
        })),
      );
      if (from === 1_000)
        expect(await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')).toBeGreaterThan(6); // all are cut
    }
    for (const group of ['one', 'two']) {
      for (let key = 0; key < KEYS; key += 1) {
        const expected = Array.from({ length: Math.ceil((MESSAGES - key) / KEYS) }, (_, n) =>
          String(n * KEYS + key),
        );
        await eventually(
          async () => expect(await client.llen(`seen:${group}:k${key}`)).toBe(expected.length),
          {
            timeoutMs: 60_000,
          },
        );
        expect(await client.lrange(`seen:${group}:k${key}`, 0, -1)).toEqual(expected);
      }
    }
    process.stdout.write(`  ${MESSAGES} messages × 2 groups × 3 instances: ${Date.now() - startedAt} ms\n`);
  }, 180_000);
});

type Effect = (command: string, key: string, ...args: string[]) => void;
