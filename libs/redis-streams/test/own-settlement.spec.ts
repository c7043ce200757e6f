import { jest } from '@jest/globals';
import type { BatchMessageHandler } from '../src/bus/message-consumer.js';
import { RedisMessageBus } from '../src/bus/redis-message-bus.js';
import { TerminalError } from '../src/envelope/messaging-error.js';
import { eventually } from '../src/testing/eventually.js';
import { ManualClock } from '../src/testing/manual-clock.js';
import { BusStage } from './support/bus-stage.js';

const STREAM = 'orders:events';
const TIMINGS = { blockMs: 100, minIdleMs: 400, reclaimEveryMs: 150, drainMs: 5_000 };
const OWN = { settledBy: 'handler', concurrency: 1, batchSize: 50 } as const;

/** Counts an entry where its acknowledgement takes place. */
const COUNT = `
local counted = 0
for index = 2, #ARGV do counted = counted + redis.call('XACK', KEYS[1], ARGV[1], ARGV[index]) end
return redis.call('INCRBY', KEYS[2], counted)`;

describe('a handler that settles its messages itself, and the care of its stream', () => {
  const stage = new BusStage(TIMINGS);
  const { makeBus } = stage;
  const publish = (bus: RedisMessageBus, count: number) =>
    bus.producer.publishBatch(
      Array.from({ length: count }, (_, n) => ({ stream: STREAM, event: { type: 'order.placed', data: n } })),
    );
  const count: BatchMessageHandler = async (deliveries) => {
    const ids = deliveries.map(({ context }) => context.entryId);
    await stage.client.eval(COUNT, 2, STREAM, 'counted', 'billing', ...ids);
  };
  const counted = async () => Number(await stage.client.get('counted'));
  const pending = async () => ((await stage.client.xpending(STREAM, 'billing')) as [number])[0];

  it('counts every entry once, though instances share them and an answer is lost', async () => {
    const lossy: BatchMessageHandler = async (deliveries) => {
      await count(deliveries);
      if (Math.random() < 0.2) throw new Error('the answer is lost');
    };
    await publish(makeBus(), 1_000);
    for (let instance = 0; instance < 2; instance += 1)
      await makeBus().consumer.subscribeBatch(STREAM, 'billing', lossy, OWN);
    await eventually(async () => (await counted()) === 1_000 && (await pending()) === 0);
    expect(await makeBus().deadLetters(STREAM).size()).toBe(0);
  });

  it('dead-letters what the handler reports as failed, and leaves the rest to it', async () => {
    const handled = jest.fn();
    const bus = makeBus({ observer: { processed: handled } });
    await bus.consumer.subscribeBatch(
      STREAM,
      'billing',
      async (deliveries) => {
        const [wrong, fine] = [1, 0].map((rest) =>
          deliveries.filter(({ event }) => Number(event.data) % 2 === rest),
        );
        await count(fine ?? []);
        return (
          wrong?.map(({ context }) => ({ entryId: context.entryId, error: new TerminalError('odd') })) ?? []
        );
      },
      OWN,
    );
    await publish(bus, 10);
    await eventually(async () => (await bus.deadLetters(STREAM).size()) === 5 && (await counted()) === 5);
    expect(await pending()).toBe(0);
    expect(handled).toHaveBeenCalledTimes(5);
  });

  it('takes no effects from such a handler', async () => {
    const bus = makeBus();
    const handler: BatchMessageHandler = ([delivery]) => {
      delivery?.context.effect('INCR', 'counted');
      return Promise.resolve();
    };
    await bus.consumer.subscribeBatch(STREAM, 'billing', handler, { ...OWN, retries: 0 });
    await publish(bus, 1);
    await eventually(async () => (await bus.deadLetters(STREAM).size()) === 1);
    expect(await stage.client.exists('counted')).toBe(0);
  });

  it('with a concurrency of 1, hands over batches one after the other, in their order', async () => {
    const bus = makeBus();
    const seen: unknown[] = [];
    let [now, most] = [0, 0];
    const slow: BatchMessageHandler = async (deliveries) => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 2));
      seen.push(...deliveries.map(({ event }) => event.data));
      now -= 1;
    };
    await publish(bus, 200);
    await bus.consumer.subscribeBatch(STREAM, 'search', slow, { concurrency: 1, batchSize: 10 });
    await eventually(() => seen.length === 200);
    expect(most).toBe(1);
    expect(seen).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  it('trims an `acked` stream where it is subscribed, whoever publishes', async () => {
    const clock = new ManualClock();
    await publish(makeBus({ streams: { [STREAM]: { trim: 'none' } } }), 1_000);
    const bus = makeBus({ streams: { [STREAM]: { trim: 'acked' } }, clock });
    let handled = 0;
    await bus.consumer.subscribe(STREAM, 'billing', () => void (handled += 1));
    await eventually(async () => {
      clock.advance(100);
      expect([handled, await pending()]).toEqual([1_000, 0]);
    });
    await eventually(async () => {
      clock.advance(5_000);
      expect(await stage.client.xlen(STREAM)).toBeLessThan(200);
    });
  });
});
