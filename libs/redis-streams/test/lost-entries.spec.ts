import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sourceArguments } from '@redis-mongo-sync/testing';
import type { Redis } from 'ioredis';
import { RedisMessageBus, type RedisBusOptions } from '../src/bus/redis-message-bus.js';
import { eventually } from '../src/testing/eventually.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';

const STREAM = 'orders:events';
const TIMINGS = { blockMs: 100, minIdleMs: 60_000, reclaimEveryMs: 100, drainMs: 2_000 };

describe('entries that a group has not read', () => {
  let server: TestRedis;
  let client: Redis;
  let lost: number;
  let handled: number;
  const buses: RedisMessageBus[] = [];
  beforeAll(async () => {
    server = await startTestRedis();
    client = server.client();
  });
  beforeEach(async () => {
    lost = handled = 0;
    await client.flushall();
  });
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
  });
  afterAll(() => server.stop());

  /** Adds up what it is told of as lost. */
  function makeBus(options: Partial<RedisBusOptions> = {}): RedisMessageBus {
    const trouble = ({ kind, error }: { kind: string; error?: unknown }): void => {
      if (kind === 'lost') lost += Number(/^Error: (\d+) entries/.exec(String(error))?.[1]);
    };
    const bus = new RedisMessageBus({
      commands: client,
      timings: TIMINGS,
      observer: { trouble },
      ...options,
    });
    buses.push(bus);
    return bus;
  }
  const publish = async (bus: RedisMessageBus, count: number): Promise<void> => {
    for (let from = 0; from < count; from += 500)
      await bus.producer.publishBatch(
        Array.from({ length: Math.min(500, count - from) }, (_, n) => ({
          stream: STREAM,
          event: { type: 'order.placed', data: from + n },
        })),
      );
  };
  const handle = (): void => void (handled += 1);

  it('stay, however many there are, unless the stream is defined otherwise', async () => {
    const bus = makeBus();
    const subscription = await bus.consumer.subscribe(STREAM, 'slow', handle);
    await subscription.pause();
    await publish(bus, 12_000);
    subscription.resume();
    await eventually(() => handled === 12_000, { timeoutMs: 30_000 });
    expect(lost).toBe(0);
  }, 60_000);

  it('are told when they were trimmed by length, to the last one', async () => {
    const bus = makeBus({ streams: { [STREAM]: { trim: 'length', maxLength: 500 } } });
    const subscription = await bus.consumer.subscribe(STREAM, 'slow', handle);
    await publish(bus, 10);
    await eventually(() => handled === 10);
    await subscription.pause();
    await publish(bus, 3_000);
    subscription.resume();
    await eventually(() => expect(lost + handled).toBe(3_010));
    expect(lost).toBeGreaterThan(2_000);
  });

  it('are told once, though several instances read, and a group is made before anything is trimmed', async () => {
    const [one, two] = [makeBus(), makeBus()];
    const subscriptions = [
      await one.consumer.subscribe(STREAM, 'slow', handle),
      await two.consumer.subscribe(STREAM, 'slow', handle),
    ];
    for (const subscription of subscriptions) await subscription.pause();
    await publish(one, 1_000);
    await client.xtrim(STREAM, 'MAXLEN', 200);
    for (const subscription of subscriptions) subscription.resume();
    await eventually(() => expect([handled, lost]).toEqual([200, 800]));
    await publish(one, 100);
    await eventually(() => handled === 300);
    const rechecks = 3 * TIMINGS.reclaimEveryMs;
    await new Promise((resolve) => setTimeout(resolve, rechecks)); // nothing may come of them
    expect(lost).toBe(800);
  });

  it('are told when they go while the group reads, at the latest when it has caught up', async () => {
    const bus = makeBus();
    const slow = async (): Promise<void> => {
      handled += 1;
      await new Promise((resolve) => setTimeout(resolve, 2));
    };
    await bus.consumer.subscribe(STREAM, 'slow', slow, { concurrency: 1, batchSize: 10 });
    await publish(bus, 600);
    await client.xtrim(STREAM, 'MAXLEN', 100);
    await eventually(() => expect([handled + lost, lost > 300]).toEqual([600, true]));
  });

  it('stay without a publisher that has left: trimming holds no process', async () => {
    const program = new URL('./support/publisher-process.ts', import.meta.url);
    const child = spawn(process.execPath, sourceArguments(program, server.url), {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await client.xlen(STREAM)).toBe(1);
  });

  it('are not missed by a group that begins later, or is trimmed behind what it has acked', async () => {
    const bus = makeBus();
    await publish(bus, 500);
    await client.xtrim(STREAM, 'MAXLEN', 200);
    for (const from of ['beginning', 'now'] as const)
      await bus.consumer.subscribe(STREAM, `from-${from}`, handle, { from });
    await eventually(() => handled === 200);
    await publish(bus, 300);
    await eventually(() => handled === 200 + 2 * 300);
    await client.xtrim(STREAM, 'MAXLEN', 0);
    await publish(bus, 1);
    await eventually(() => handled === 200 + 2 * 301);
    await new Promise((resolve) => setTimeout(resolve, 3 * TIMINGS.reclaimEveryMs)); // nothing may come of the rechecks
    expect(lost).toBe(0);
  });
});
