import type { MessageBus } from '../bus/message-bus.js';
import type { Delivery, SubscribeOptions } from '../bus/message-consumer.js';
import type { MessageEvent } from '../envelope/message-event.js';
import type { StreamDefinition } from '../envelope/stream-catalog.js';
import { TerminalError } from '../envelope/messaging-error.js';
import { eventually } from './eventually.js';

export interface ContractBus {
  readonly bus: MessageBus;
  /** Adds an entry that no producer would. */
  readonly addRaw: (stream: string, fields: readonly string[]) => Promise<void> | void;
}

export interface ContractTools {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
  readonly beforeEach: (body: () => Promise<void>) => void;
  readonly afterEach: (body: () => Promise<void>) => void;
  readonly expect: (value: unknown) => ContractMatchers;
}

/** What is used of Jest's (or Vitest's) matchers. */
interface ContractMatchers {
  toBe(value: unknown): void;
  toEqual(value: unknown): void;
  toMatchObject(value: object): void;
  toContain(value: string): void;
}

const STREAM = 'orders:events';
const PARTITIONED = 'shipments:events';
export const CONTRACT_STREAMS: Readonly<Record<string, StreamDefinition>> = {
  [PARTITIONED]: { partitions: 4 },
};

/** What every message bus must do. `makeBus` gives an empty one with `CONTRACT_STREAMS`; it is closed here. */
export function messagingContract(
  name: string,
  makeBus: () => Promise<ContractBus>,
  tools: ContractTools,
): void {
  const { describe, it, beforeEach, afterEach, expect } = tools;
  const FAST: SubscribeOptions = { retryDelaysMs: [5, 10, 15] };

  describe(`message bus: ${name}`, () => {
    let made: ContractBus;
    let bus: MessageBus;
    let seen: MessageEvent[];
    beforeEach(async () => {
      made = await makeBus();
      bus = made.bus;
      seen = [];
    });
    afterEach(() => bus.close());

    const see = (event: MessageEvent): void => void seen.push(event);
    const numbers = (): unknown[] => seen.map(({ data }) => data);
    const publish = async (count: number, stream = STREAM, keyOf?: (n: number) => string): Promise<void> => {
      for (let n = 0; n < count; n += 1) {
        await bus.producer.publish(stream, {
          type: 'order.placed',
          data: n,
          ...(keyOf ? { key: keyOf(n) } : {}),
        });
      }
    };
    const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
    const sorted = (): unknown[] => [...numbers()].sort((a, b) => Number(a) - Number(b));

    it('delivers what was published, completed to an envelope', async () => {
      await bus.producer.publish(STREAM, { type: 'order.placed', data: { n: 1 }, correlationId: 'c-1' });
      await bus.consumer.subscribe(STREAM, 'billing', see);
      await eventually(() => seen.length === 1);
      expect(seen[0]).toMatchObject({
        type: 'order.placed',
        schemaVersion: 1,
        correlationId: 'c-1',
        data: { n: 1 },
      });
    });

    it('accepts an event id once', async () => {
      const event = { id: 'order-1', type: 'order.placed', data: 1 };
      const first = await bus.producer.publish(STREAM, event);
      const again = await bus.producer.publish(STREAM, { ...event, data: 2 });
      expect([first.outcome, again.outcome]).toEqual(['accepted', 'duplicate']);
      expect(again.entryId).toBe(first.entryId);
      await bus.consumer.subscribe(STREAM, 'billing', see);
      await bus.producer.publish(STREAM, { type: 'order.placed', data: 3 });
      await eventually(() => seen.length === 2);
      expect(sorted()).toEqual([1, 3]);
    });

    it('tells for each item of a batch what became of it', async () => {
      const event = { id: 'one', type: 'order.placed', data: 1 };
      const results = await bus.producer.publishBatch([
        { stream: STREAM, event },
        { stream: STREAM, event: { type: 'nonsense', data: 1 } },
        { stream: 'Nonsense', event },
        { stream: STREAM, event },
      ]);
      expect(results.map(({ outcome }) => outcome)).toEqual([
        'accepted',
        'rejected',
        'rejected',
        'duplicate',
      ]);
    });

    it('publishes all of a batch or nothing', async () => {
      const good = { stream: STREAM, event: { type: 'order.placed', data: 1 } };
      const bad = { stream: STREAM, event: { type: 'order.placed', data: undefined } };
      const refused = await bus.producer.publishBatch([good, bad], { allOrNothing: true }).then(
        () => 'published',
        (error: { code: string }) => error.code,
      );
      expect(refused).toBe('BATCH_REJECTED');
      await bus.producer.publishBatch([good, { ...good, stream: PARTITIONED }], { allOrNothing: true });
      await bus.consumer.subscribe(STREAM, 'billing', see);
      await bus.consumer.subscribe(PARTITIONED, 'billing', see);
      await eventually(() => seen.length === 2);
    });

    it('gives each group every event, and shares a group among its instances', async () => {
      const other: unknown[] = [];
      for (let instance = 0; instance < 3; instance += 1)
        await bus.consumer.subscribe(STREAM, 'billing', see);
      await bus.consumer.subscribe(STREAM, 'search', ({ data }) => void other.push(data));
      await publish(40);
      await eventually(() => seen.length === 40 && other.length === 40);
      expect(sorted()).toEqual(range(40));
    });

    it('begins a new group at the beginning, or with what comes', async () => {
      await publish(2);
      await bus.consumer.subscribe(STREAM, 'late', see, { from: 'now' });
      await bus.producer.publish(STREAM, { type: 'order.placed', data: 'new' });
      await eventually(() => seen.length === 1);
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
        await bus.consumer.subscribe(PARTITIONED, 'billing', handler, FAST);
      await publish(60, PARTITIONED, (n) => `customer-${n % 7}`);
      await eventually(() => seen.length === 60);
      for (let key = 0; key < 7; key += 1) {
        const own = seen.filter((event) => event.key === `customer-${key}`).map(({ data }) => Number(data));
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
      await bus.consumer.subscribe(STREAM, 'billing', handler, { concurrency: 2, batchSize: 4 });
      await eventually(() => seen.length === 12);
      expect(most).toBe(2);
    });

    it('tries again, counts the tries, and then dead-letters with the reason', async () => {
      const attempts: number[] = [];
      await bus.consumer.subscribe(
        STREAM,
        'billing',
        ({ data }, { attempt }) => {
          if (data !== 1) return;
          attempts.push(attempt);
          throw new Error('no such customer');
        },
        FAST,
      );
      await publish(3);
      const letters = bus.deadLetters(STREAM);
      await eventually(async () => (await letters.size()) === 1);
      expect(attempts).toEqual([1, 2, 3, 4]);
      const [letter] = (await letters.list()).letters;
      expect(letter).toMatchObject({ group: 'billing', attempts: 4 });
      expect(letter?.error ?? '').toContain('no such customer');
    });

    it('dead-letters a terminal failure and a malformed entry at once', async () => {
      let calls = 0;
      await bus.consumer.subscribe(
        STREAM,
        'billing',
        () => {
          calls += 1;
          throw new TerminalError('not an order');
        },
        FAST,
      );
      await made.addRaw(STREAM, ['event', '{"not":"an event"}']);
      await publish(1);
      await eventually(async () => (await bus.deadLetters(STREAM).size()) === 2);
      expect(calls).toBe(1);
    });

    it('stops a handler that takes too long', async () => {
      let aborted = 0;
      const slow = (_: MessageEvent, { signal }: { signal: AbortSignal }): Promise<void> =>
        new Promise(() => signal.addEventListener('abort', () => (aborted += 1)));
      await bus.consumer.subscribe(STREAM, 'billing', slow, { handlerTimeoutMs: 20, retryDelaysMs: [5] });
      await publish(1);
      await eventually(async () => (await bus.deadLetters(STREAM).size()) === 1);
      expect(aborted).toBe(2);
    });

    it('skips an event that the group has handled, though it comes again', async () => {
      const json = JSON.stringify({
        id: 'same',
        type: 'order.placed',
        time: new Date(0).toISOString(),
        schemaVersion: 1,
        data: 1,
      });
      await bus.consumer.subscribe(STREAM, 'billing', see);
      await made.addRaw(STREAM, ['event', json]);
      await eventually(() => seen.length === 1);
      await made.addRaw(STREAM, ['event', json]);
      await publish(1);
      await eventually(() => seen.length === 2);
      expect(numbers()).toEqual([1, 0]);
    });

    it('publishes from a handler in the step that settles the message: not when it fails', async () => {
      let failed = false;
      await bus.consumer.subscribe(
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
      await bus.consumer.subscribe('invoices:events', 'mail', see);
      const { eventId } = await bus.producer.publish(STREAM, { type: 'order.placed', data: 1 });
      await eventually(() => seen.length === 1);
      expect(seen[0]).toMatchObject({
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
      await bus.consumer.subscribeBatch(STREAM, 'billing', handler, { batchSize: 10 });
      await eventually(async () => seen.length === 4 && (await bus.deadLetters(STREAM).size()) === 1);
      expect(sizes).toEqual([5]);
      expect(numbers()).toEqual([0, 1, 3, 4]);
    });

    it('pauses, resumes, and ends', async () => {
      const subscription = await bus.consumer.subscribe(STREAM, 'billing', see);
      await publish(1);
      await eventually(() => seen.length === 1);
      await subscription.pause();
      await publish(2);
      expect(subscription.snapshot().state).toBe('paused');
      expect(seen.length).toBe(1);
      subscription.resume();
      await eventually(() => seen.length === 3);
      await bus.consumer.unsubscribe(STREAM, 'billing');
      await publish(1);
      expect(bus.consumer.subscriptions()).toEqual([]);
      expect(seen.length).toBe(3);
    });

    it('replays dead letters: one, those that fit, none when it is only a try; and notes who', async () => {
      let broken = true;
      await bus.consumer.subscribe(STREAM, 'billing', (event) => {
        if (broken) throw new TerminalError(`broken ${String(event.data)}`);
        see(event);
      });
      await publish(4);
      const letters = bus.deadLetters(STREAM);
      await eventually(async () => (await letters.size()) === 4);
      broken = false;
      expect(await letters.replayMatching({ error: 'BROKEN 2' }, { dryRun: true })).toMatchObject({
        matched: 1,
        replayed: 0,
      });
      expect(await letters.replayMatching({ error: 'broken 2' }, { by: 'ann' })).toMatchObject({
        replayed: 1,
      });
      const [first, second] = (await letters.find({ type: 'order.placed' })).map(({ letterId }) => letterId);
      await letters.replay(first ?? '', { by: 'bob' });
      await letters.discard(second ?? '', { by: 'eve' });
      await eventually(() => seen.length === 2);
      expect(await letters.size()).toBe(1);
      const trail = await letters.auditTrail();
      expect(trail.map(({ by, action }) => `${by} ${action}`)).toEqual([
        'eve discard',
        'bob replay',
        'ann replay',
      ]);
    });

    it('redacts a letter for good, which is not replayed then', async () => {
      await bus.consumer.subscribe(STREAM, 'billing', () => {
        throw new TerminalError('broken');
      });
      await bus.producer.publish(STREAM, { type: 'order.placed', data: { email: 'a@b.c', total: 3 } });
      const letters = bus.deadLetters(STREAM);
      await eventually(async () => (await letters.size()) === 1);
      const [letter] = (await letters.list()).letters;
      const id = (await letters.redact(letter?.letterId ?? '', ['email'], { by: 'ann' })) ?? '';
      const redacted = await letters.get(id);
      expect(redacted).toMatchObject({ redacted: 'ann', error: letter?.error });
      expect(JSON.stringify(redacted).includes('a@b.c')).toBe(false);
      expect(await letters.replay(id)).toEqual({ kind: 'redacted' });
    });

    it('replays a stream to a callback, from an entry on and by type', async () => {
      await publish(5, PARTITIONED);
      const ids: string[] = [];
      const all = await bus.replayer.replay(PARTITIONED, { from: 'beginning' }, ({ entryId, event }) => {
        ids.push(entryId);
        see(event);
      });
      expect(all).toEqual({ replayed: 5, malformed: 0 });
      expect(sorted()).toEqual(range(5));
      const later = await bus.replayer.replay(PARTITIONED, { from: ids[3] ?? '' }, () => undefined);
      // Two partitions may give out the same id within one millisecond.
      expect(later.replayed).toBe(5 - ids.indexOf(ids[3] ?? ''));
      const none = await bus.replayer.replay(
        PARTITIONED,
        { from: new Date(0), types: ['order.paid'] },
        () => undefined,
      );
      expect(none.replayed).toBe(0);
    });

    it('replays a stream to a group, which handles it again', async () => {
      await publish(3);
      await bus.consumer.subscribe(STREAM, 'billing', see);
      await eventually(() => seen.length === 3);
      expect(await bus.replayer.replayToGroup(STREAM, 'billing', 'beginning')).toMatchObject({
        outcome: 'moved',
      });
      await publish(1);
      await eventually(() => seen.length === 7);
      expect(sorted()).toEqual([0, 0, 0, 1, 1, 2, 2]);
    });
  });
}
