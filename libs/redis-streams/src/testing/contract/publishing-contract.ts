import { eventually } from '../eventually.js';
import { STREAM, PARTITIONED, type ContractTools, type ContractWorld } from './contract-world.js';

/** What a producer promises. */
export function publishingContract(world: ContractWorld, { it, expect }: ContractTools): void {
  const { see, sorted } = world;

  it('delivers what was published, completed to an envelope', async () => {
    await world.bus.producer.publish(STREAM, { type: 'order.placed', data: { n: 1 }, correlationId: 'c-1' });
    await world.bus.consumer.subscribe(STREAM, 'billing', see);
    await eventually(() => world.seen.length === 1);
    expect(world.seen[0]).toMatchObject({
      type: 'order.placed',
      schemaVersion: 1,
      correlationId: 'c-1',
      data: { n: 1 },
    });
  });

  it('accepts an event id once', async () => {
    const event = { id: 'order-1', type: 'order.placed', data: 1 };
    const first = await world.bus.producer.publish(STREAM, event);
    const again = await world.bus.producer.publish(STREAM, { ...event, data: 2 });
    expect([first.outcome, again.outcome]).toEqual(['accepted', 'duplicate']);
    expect(again.entryId).toBe(first.entryId);
    await world.bus.consumer.subscribe(STREAM, 'billing', see);
    await world.bus.producer.publish(STREAM, { type: 'order.placed', data: 3 });
    await eventually(() => world.seen.length === 2);
    expect(sorted()).toEqual([1, 3]);
  });

  it('tells for each item of a batch what became of it', async () => {
    const event = { id: 'one', type: 'order.placed', data: 1 };
    const results = await world.bus.producer.publishBatch([
      { stream: STREAM, event },
      { stream: STREAM, event: { type: 'nonsense', data: 1 } },
      { stream: 'Nonsense', event },
      { stream: STREAM, event },
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['accepted', 'rejected', 'rejected', 'duplicate']);
  });

  it('publishes all of a batch or nothing', async () => {
    const good = { stream: STREAM, event: { type: 'order.placed', data: 1 } };
    const bad = { stream: STREAM, event: { type: 'order.placed', data: undefined } };
    const refused = await world.bus.producer.publishBatch([good, bad], { allOrNothing: true }).then(
      () => 'published',
      (error: { code: string }) => error.code,
    );
    expect(refused).toBe('BATCH_REJECTED');
    await world.bus.producer.publishBatch([good, { ...good, stream: PARTITIONED }], { allOrNothing: true });
    await world.bus.consumer.subscribe(STREAM, 'billing', see);
    await world.bus.consumer.subscribe(PARTITIONED, 'billing', see);
    await eventually(() => world.seen.length === 2);
  });

  it('publishes nothing of a batch when one id was published before, if so asked; a repeat of the batch is none', async () => {
    const event = (id: string, data: number) => ({ id, type: 'order.placed', data });
    await world.bus.producer.publish(STREAM, event('e1', 1));
    const batch = [
      { stream: STREAM, event: event('e2', 2) },
      { stream: STREAM, event: event('e1', 99) },
      { stream: PARTITIONED, event: event('e3', 3) },
    ];
    const options = { allOrNothing: true, duplicates: 'refuse' } as const;
    const refused = await world.bus.producer.publishBatch(batch, options).then(
      () => ({ code: 'published', message: '' }),
      (error: { code: string; message: string }) => error,
    );
    expect(refused.code).toBe('BATCH_REJECTED');
    expect(refused.message).toContain('event 1: id e1 was published before');
    const others = batch.filter(({ event: { id } }) => id !== 'e1');
    for (const outcome of ['accepted', 'duplicate']) {
      const results = await world.bus.producer.publishBatch(others, options);
      expect(results.map((one) => one.outcome)).toEqual([outcome, outcome]);
    }
    const accepted = await world.bus.producer.publishBatch(batch, { allOrNothing: true });
    expect(accepted.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate', 'duplicate']);
  });
}
