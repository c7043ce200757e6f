import type { MessageBus } from '../src/bus/message-bus.js';
import type { MessagingObserver } from '../src/bus/messaging-observer.js';
import { RedisMessageBus } from '../src/bus/redis-message-bus.js';
import { eventually } from '../src/testing/eventually.js';
import { InMemoryBus } from '../src/testing/in-memory-bus.js';
import { BusStage } from './support/bus-stage.js';

const STREAM = 'orders:events';
const TIMINGS = { leaseMs: 600, blockMs: 100, minIdleMs: 200, reclaimEveryMs: 100, drainMs: 2_000 };

describe('the number of tries', () => {
  const stage = new BusStage(TIMINGS);

  function makeBus(kind: string, partitions: number, observer: MessagingObserver = {}): MessageBus {
    const streams = { [STREAM]: { partitions } };
    const bus =
      kind === 'in memory'
        ? new InMemoryBus({ streams, observer })
        : new RedisMessageBus({ commands: stage.client, streams, observer, timings: TIMINGS });
    return stage.closeLater(bus);
  }

  it.each([
    ['Redis', 1],
    ['Redis', 2],
    ['in memory', 1],
    ['in memory', 2],
  ])('%s, %i partition(s): three of four failed tries are told as retried', async (kind, partitions) => {
    const retried: boolean[] = [];
    const bus = makeBus(kind, partitions, { failed: ({ willRetry }) => retried.push(willRetry) });
    const fail = (): void => {
      throw new Error('no');
    };
    await bus.consumer.subscribe(STREAM, 'billing', fail, { retryDelaysMs: [1, 2, 3] });
    await bus.producer.publish(STREAM, { type: 'order.placed', data: 1 });
    await eventually(async () => (await bus.deadLetters(STREAM).size()) === 1);
    expect(retried).toEqual([true, true, true, false]);
  });

  it.each([1, 2])('goes on over a take-over: four in all (%i partition(s))', async (partitions) => {
    const attempts: number[] = [];
    const fail = (_event: unknown, { attempt }: { attempt: number }): void => {
      attempts.push(attempt);
      throw new Error('no');
    };
    const first = makeBus('Redis', partitions);
    await first.consumer.subscribe(STREAM, 'billing', fail, { retryDelaysMs: [60_000, 1, 1] });
    await first.producer.publish(STREAM, { type: 'order.placed', data: 1 });
    await eventually(() => attempts.length === 1);
    await first.close();
    const second = makeBus('Redis', partitions);
    await second.consumer.subscribe(STREAM, 'billing', fail, { retryDelaysMs: [60_000, 1, 1] });
    const letters = second.deadLetters(STREAM);
    await eventually(async () => (await letters.size()) === 1);
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect((await letters.list()).letters[0]).toMatchObject({ attempts: 4 });
  });
});
