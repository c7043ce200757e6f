import { RedisMessageBus } from '../src/bus/redis-message-bus.js';
import { eventually } from '../src/testing/eventually.js';
import { ManualClock } from '../src/testing/manual-clock.js';
import { BusStage } from './support/bus-stage.js';

const STREAM = 'tasks:events';
const TIMINGS = { blockMs: 100, drainMs: 2_000 };

describe('two processes of a group that handle different types', () => {
  const stage = new BusStage(TIMINGS);
  const { makeBus } = stage;

  it('lose nothing of each other: each event is handled, or lies in the dead letters', async () => {
    const seen: unknown[] = [];
    const see = ({ data }: { data: unknown }): void => void seen.push(data);
    for (const types of [['task.created'], ['task.deleted']])
      await makeBus().consumer.subscribe(STREAM, 'mail', see, { types });
    const bus = makeBus();
    for (let n = 0; n < 100; n += 1)
      await bus.producer.publish(STREAM, { type: n % 2 ? 'task.created' : 'task.deleted', data: n });
    await bus.producer.publish(STREAM, { type: 'task.moved', data: 'wanted by nobody' });
    const letters = bus.deadLetters(STREAM);
    await eventually(async () => seen.length + (await letters.size()) === 100);
    for (const { error } of (await letters.list()).letters)
      expect(error).toMatch(/no handler for task\.(cre|del)/);
    await eventually(async () =>
      expect(((await stage.client.xpending(STREAM, 'mail')) as [number])[0]).toBe(0),
    );
    expect(seen.length + (await letters.size())).toBe(100);
  });

  it('are noticed by both, once', async () => {
    const clock = new ManualClock();
    const troubles: string[] = [];
    const busOf = (name: string): RedisMessageBus =>
      makeBus({
        clock,
        observer: { trouble: ({ kind }) => kind === 'types-conflict' && troubles.push(name) },
      });
    await busOf('one').consumer.subscribe(STREAM, 'mail', () => undefined, { types: ['task.created'] });
    await busOf('same').consumer.subscribe(STREAM, 'mail', () => undefined, { types: ['task.created'] });
    expect(troubles).toEqual([]);
    await busOf('two').consumer.subscribe(STREAM, 'mail', () => undefined);
    expect(troubles).toEqual(['two']);
    const all = ['one', 'same', 'two'];
    await eventually(() => {
      clock.advance(60_000);
      expect([...troubles].sort()).toEqual(all);
    });
  });

  it('forgets after an hour what a process wanted that is gone', async () => {
    await stage.client.hset(`${STREAM}:~types:mail`, 'task.gone', Date.now() - 3_600_001);
    const troubles: string[] = [];
    const bus = makeBus({ observer: { trouble: ({ kind }) => troubles.push(kind) } });
    await bus.consumer.subscribe(STREAM, 'mail', () => undefined, { types: ['task.created'] });
    expect(troubles).toEqual([]);
    expect(await stage.client.hkeys(`${STREAM}:~types:mail`)).toEqual(['task.created']);
  });
});
