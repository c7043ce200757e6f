import type { Delivery } from '../../bus/message-consumer.js';
import type { MessageEvent } from '../../envelope/message-event.js';
import { TerminalError } from '../../envelope/messaging-error.js';
import { eventually } from '../eventually.js';
import {
  FAST,
  STREAM,
  PARTITIONED,
  range,
  type ContractTools,
  type ContractWorld,
} from './contract-world.js';

/** Who gets what, how often, and in which order. */
export function handlingContract(world: ContractWorld, { it, expect }: ContractTools): void {
  const { see, numbers, sorted, publish } = world;

  it('gives each group every event, and shares a group among its instances', async () => {
    const other: unknown[] = [];
    for (let instance = 0; instance < 3; instance += 1)
      await world.bus.consumer.subscribe(STREAM, 'billing', see);
    await world.bus.consumer.subscribe(STREAM, 'search', ({ data }) => void other.push(data));
    await publish(40);
    await eventually(() => world.seen.length === 40 && other.length === 40);
    expect(sorted()).toEqual(range(40));
  });

  it('begins a new group at the beginning, or with what comes', async () => {
    await publish(2);
    await world.bus.consumer.subscribe(STREAM, 'late', see, { from: 'now' });
    await world.bus.producer.publish(STREAM, { type: 'order.placed', data: 'new' });
    await eventually(() => world.seen.length === 1);
    expect(numbers()).toEqual(['new']);
  });

  it('keeps the order of each key, over several instances and failures', async () => {
    const tries = new Map<unknown, number>();
    const handler = async (event: MessageEvent): Promise<void> => {
      const count = (tries.get(event.data) ?? 0) + 1;
      tries.set(event.data, count);
      await new Promise((resolve) => setImmediate(resolve));
      if (count === 1 && Number(event.data) % 10 === 3) throw new Error('hiccup');
      see(event);
    };
    for (let instance = 0; instance < 3; instance += 1)
      await world.bus.consumer.subscribe(PARTITIONED, 'billing', handler, FAST);
    await publish(60, PARTITIONED, (n) => `customer-${n % 7}`);
    await eventually(() => world.seen.length === 60);
    for (let key = 0; key < 7; key += 1) {
      const own = world.seen
        .filter((event) => event.key === `customer-${key}`)
        .map(({ data }) => Number(data));
      expect(own).toEqual(range(60).filter((n) => n % 7 === key));
    }
  });

  it('handles no more at once than it may', async () => {
    let [now, most] = [0, 0];
    const handler = async (event: MessageEvent): Promise<void> => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      see(event);
    };
    await publish(12);
    await world.bus.consumer.subscribe(STREAM, 'billing', handler, { concurrency: 2, batchSize: 4 });
    await eventually(() => world.seen.length === 12);
    expect(most).toBe(2);
  });

  it('skips an event that the group has handled, though it comes again', async () => {
    const json = JSON.stringify({
      id: 'same',
      type: 'order.placed',
      time: new Date(0).toISOString(),
      schemaVersion: 1,
      data: 1,
    });
    await world.bus.consumer.subscribe(STREAM, 'billing', see);
    await world.addRaw(STREAM, ['event', json]);
    await eventually(() => world.seen.length === 1);
    await world.addRaw(STREAM, ['event', json]);
    await publish(1);
    await eventually(() => world.seen.length === 2);
    expect(numbers()).toEqual([1, 0]);
  });

  it('publishes from a handler in the step that settles the message: not when it fails', async () => {
    let failed = false;
    await world.bus.consumer.subscribe(
      STREAM,
      'billing',
      (_event, context) => {
        context.publish('invoices:events', { type: 'invoice.written', data: 1 });
        if (failed) return;
        failed = true;
        throw new Error('after the publish');
      },
      FAST,
    );
    await world.bus.consumer.subscribe('invoices:events', 'mail', see);
    const { eventId } = await world.bus.producer.publish(STREAM, { type: 'order.placed', data: 1 });
    await eventually(() => world.seen.length === 1);
    expect(world.seen[0]).toMatchObject({
      type: 'invoice.written',
      causationId: eventId,
      correlationId: eventId,
    });
  });

  it('hands over batches, and takes single failures back', async () => {
    const sizes: number[] = [];
    const handler = (deliveries: readonly Delivery[]) => {
      sizes.push(deliveries.length);
      const [bad, good] = [deliveries.filter(({ event }) => event.data === 2), deliveries];
      good.filter((one) => !bad.includes(one)).forEach(({ event }) => see(event));
      return Promise.resolve(
        bad.map(({ context }) => ({ entryId: context.entryId, error: new TerminalError('two') })),
      );
    };
    await publish(5);
    await world.bus.consumer.subscribeBatch(STREAM, 'billing', handler, { batchSize: 10 });
    await eventually(
      async () => world.seen.length === 4 && (await world.bus.deadLetters(STREAM).size()) === 1,
    );
    expect(sizes).toEqual([5]);
    expect(numbers()).toEqual([0, 1, 3, 4]);
  });

  it('brings each event of a group to the handler of its type', async () => {
    const taken: Record<string, unknown[]> = { placed: [], paid: [], rest: [] };
    const into = (name: string) => (event: MessageEvent) => void taken[name]?.push(event.data);
    const batch = (deliveries: readonly Delivery[]) =>
      Promise.resolve(deliveries.forEach(({ event }) => into('paid')(event)));
    for (const stream of [STREAM, PARTITIONED]) {
      Object.values(taken).forEach((list) => list.splice(0));
      await world.bus.consumer.subscribeRoutes(stream, 'billing', [
        { types: ['order.placed'], handler: into('placed') },
        { types: ['order.paid'], batch: true, handler: batch },
        { handler: into('rest') },
      ]);
      for (const data of range(60)) {
        const type = ['order.placed', 'order.paid', 'order.sent'][data % 3] ?? '';
        await world.bus.producer.publish(stream, { type, data, key: 'same' });
      }
      await eventually(() => Object.values(taken).flat().length === 60);
      const byNumber = (list: unknown[]): unknown[] => list.sort((a, b) => Number(a) - Number(b));
      if (stream === STREAM) Object.values(taken).forEach(byNumber); // order is kept with partitions only
      expect(taken).toEqual({
        placed: range(60).filter((n) => n % 3 === 0),
        paid: range(60).filter((n) => n % 3 === 1),
        rest: range(60).filter((n) => n % 3 === 2),
      });
    }
  });

  it('retries each handler of a group by its own rules', async () => {
    const attempts: string[] = [];
    const failing = ({ type }: MessageEvent, { attempt }: { attempt: number }): void => {
      attempts.push(`${type} ${attempt}`);
      throw new Error('no');
    };
    await world.bus.consumer.subscribeRoutes(STREAM, 'billing', [
      { types: ['order.placed'], handler: failing, retryDelaysMs: [] },
      { types: ['order.paid'], handler: failing, retryDelaysMs: [1] },
    ]);
    for (const type of ['order.placed', 'order.paid'])
      await world.bus.producer.publish(STREAM, { type, data: 1 });
    await eventually(async () => (await world.bus.deadLetters(STREAM).size()) === 2);
    expect(attempts.sort()).toEqual(['order.paid 1', 'order.paid 2', 'order.placed 1']);
  });

  it('ignores an event of a type that nobody handles, or dead-letters it: as was said', async () => {
    const options = { types: ['order.placed'] };
    await world.bus.consumer.subscribe(STREAM, 'ignoring', see, options);
    await world.bus.consumer.subscribe(STREAM, 'strict', see, { ...options, unhandled: 'dead-letter' });
    for (const type of ['order.paid', 'order.placed'])
      await world.bus.producer.publish(STREAM, { type, data: 1 });
    const letters = world.bus.deadLetters(STREAM);
    await eventually(async () => world.seen.length === 2 && (await letters.size()) === 1);
    const [letter] = (await letters.list()).letters;
    expect(letter).toMatchObject({ group: 'strict' });
    expect(letter?.error ?? '').toContain('order.paid');
  });

  it('refuses two subscriptions of one group that take different types, and two handlers for one type', async () => {
    const { consumer } = world.bus;
    await consumer.subscribe(STREAM, 'billing', see, { types: ['order.placed'] });
    const refused = [
      () => consumer.subscribe(STREAM, 'billing', see, { types: ['order.paid'] }),
      () => consumer.subscribe(STREAM, 'billing', see),
      () => consumer.subscribeRoutes(STREAM, 'other', [{ handler: see }, { handler: see }]),
      () =>
        consumer.subscribeRoutes(STREAM, 'other', [
          { handler: see, types: ['order.paid'] },
          { handler: see, types: ['order.placed', 'order.paid'] },
        ]),
    ];
    for (const subscribe of refused) {
      const code = await subscribe().then(
        () => 'subscribed',
        (error: { code: string }) => error.code,
      );
      expect(code).toBe('SUBSCRIPTION_CONFLICT');
    }
    await consumer.subscribe(STREAM, 'billing', see, { types: ['order.placed'] });
  });

  it('pauses, resumes, and ends', async () => {
    const subscription = await world.bus.consumer.subscribe(STREAM, 'billing', see);
    await publish(1);
    await eventually(() => world.seen.length === 1);
    await subscription.pause();
    await publish(2);
    expect(subscription.snapshot().state).toBe('paused');
    expect(world.seen.length).toBe(1);
    subscription.resume();
    await eventually(() => world.seen.length === 3);
    await world.bus.consumer.unsubscribe(STREAM, 'billing');
    await publish(1);
    expect(world.bus.consumer.subscriptions()).toEqual([]);
    expect(world.seen.length).toBe(3);
  });
}
