import type { Redis } from 'ioredis';
import { RedisMessageBus, type RedisBusOptions } from '../src/bus/redis-message-bus.js';
import { connect } from '../src/connections.js';
import { eventually } from '../src/testing/eventually.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';
import { TcpProxy } from '@redis-mongo-sync/testing';

const STREAM = 'orders:events';
const INVOICES = 'invoices:events';
const TIMINGS = { leaseMs: 600, blockMs: 100, minIdleMs: 400, reclaimEveryMs: 150, drainMs: 2_000 };

describe('where a subscription begins', () => {
  let server: TestRedis;
  let client: Redis;
  const cleanUps: (() => unknown)[] = [];
  const seen: unknown[] = [];
  beforeAll(async () => {
    server = await startTestRedis();
    client = server.client();
  });
  beforeEach(async () => {
    seen.length = 0;
    await client.flushall();
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  afterAll(() => server.stop());

  function makeBus(options: Partial<RedisBusOptions> = {}): RedisMessageBus {
    const bus = new RedisMessageBus({ commands: client, timings: TIMINGS, ...options });
    cleanUps.push(() => bus.close());
    return bus;
  }
  const see = ({ data }: { data: unknown }): void => void seen.push(data);
  const publish = async (bus: RedisMessageBus, ...data: unknown[]): Promise<void> => {
    for (const one of data) await bus.producer.publish(STREAM, { type: 'order.placed', data: one, key: 'k' });
  };

  /** A bus behind a proxy that refuses connections until `pass()`. */
  async function awayBus(options: Partial<RedisBusOptions> = {}) {
    const proxy = await TcpProxy.start({ port: server.port });
    proxy.refuse();
    const overrides = { maxRetriesPerRequest: 0, commandTimeout: 200 };
    const commands = connect({ url: `redis://127.0.0.1:${proxy.port}`, profile: 'commands', overrides });
    cleanUps.push(() => proxy.close());
    cleanUps.push(() => commands.disconnect());
    return { bus: makeBus({ commands, ...options }), proxy };
  }

  it.each([1, 4])('waits for a Redis that is not there yet (%i partitions)', async (partitions) => {
    const troubles: string[] = [];
    const streams = { [STREAM]: { partitions } };
    const observer = { trouble: ({ kind }: { kind: string }) => troubles.push(kind) };
    const { bus, proxy } = await awayBus({ streams, observer });
    const subscription = await bus.consumer.subscribe(STREAM, 'billing', see);
    expect(subscription.snapshot()).toMatchObject({ state: 'running', partitions: [] });
    expect(subscription.snapshot().trouble).toContain('waiting to begin');
    expect(troubles).toEqual(['waiting']);
    await publish(makeBus({ streams }), 1, 2);
    proxy.pass();
    await eventually(() => expect(seen).toEqual([1, 2]));
    expect(subscription.snapshot().trouble).toBeNull();
  });

  it('tells a mistake that shows later, and ends while it waits', async () => {
    await publish(makeBus({ streams: { [STREAM]: { partitions: 4 } } }), 1);
    const { bus, proxy } = await awayBus();
    const subscription = await bus.consumer.subscribe(STREAM, 'billing', see);
    proxy.pass();
    await eventually(() => expect(subscription.snapshot().state).toBe('failed'));
    expect(subscription.snapshot().trouble).toContain('has 4 partitions');
    await subscription.unsubscribe();
    expect(bus.consumer.subscriptions()).toEqual([]);
  });

  it.each(['XGROUP DESTROY', 'FLUSHALL'])('from now on: not with the history, after %s', async (command) => {
    for (const partitions of [1, 2]) {
      seen.length = 0;
      await client.flushall();
      const bus = makeBus({ streams: { [STREAM]: { partitions } } });
      await publish(bus, ...Array.from({ length: 20 }, (_, n) => `old ${n}`));
      // What is handled is not remembered: nothing but the position keeps the history away.
      await bus.consumer.subscribe(STREAM, 'late', see, { from: 'now', deduplicate: false });
      await publish(bus, 'new');
      await eventually(() => expect(seen).toEqual(['new']));
      if (command === 'FLUSHALL') await client.flushall();
      else for (const key of bus.catalog.of(STREAM).streamKeys) await client.xgroup('DESTROY', key, 'late');
      await publish(bus, 'after');
      await eventually(() => expect(seen.at(-1)).toBe('after'));
      expect(seen).toEqual(['new', 'after']);
    }
  });

  it('with the group lost while a message is in hand: that message comes again', async () => {
    const bus = makeBus();
    let fail = true;
    const handler = (event: { data: unknown }): void => {
      if (fail) throw Object.assign(new Error('the store is away'), { code: 'ECONNREFUSED' });
      see(event);
    };
    await publish(bus, 'old');
    const subscription = await bus.consumer.subscribe(STREAM, 'late', handler, { from: 'now' });
    await publish(bus, 1, 2);
    await eventually(() => expect(subscription.snapshot().trouble).toContain('waiting for a store'));
    await client.xgroup('DESTROY', STREAM, 'late');
    fail = false;
    await eventually(() => expect(seen).toEqual([1, 2]));
  });

  it('of a stream with other partitions: nothing is published where nobody reads', async () => {
    const there = makeBus({ streams: { [INVOICES]: { partitions: 4 } } });
    await there.consumer.subscribe(INVOICES, 'books', see);
    const here = makeBus();
    await here.consumer.subscribe(
      STREAM,
      'billing',
      (_event, context) => context.publish(INVOICES, { type: 'invoice.written', key: 'k', data: 1 }),
      { retryDelaysMs: [5] },
    );
    await publish(here, 1);
    await eventually(async () => expect(await here.deadLetters(STREAM).size()).toBe(1));
    const [letter] = (await here.deadLetters(STREAM).list()).letters;
    expect(letter?.error).toContain('has 4 partitions, this process is configured for 1');
    expect(await client.exists(INVOICES)).toBe(0);

    const better = makeBus({ streams: { [INVOICES]: { partitions: 4 } } });
    await here.consumer.unsubscribe(STREAM, 'billing');
    await better.consumer.subscribe(STREAM, 'billing', (_event, context) =>
      context.publish(INVOICES, { type: 'invoice.written', key: 'k', data: 2 }),
    );
    await better.deadLetters(STREAM).replay(letter?.letterId ?? '');
    await eventually(() => expect(seen).toEqual([2]));
  });
});
