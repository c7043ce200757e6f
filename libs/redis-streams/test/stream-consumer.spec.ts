import type { Redis } from 'ioredis';
import { StreamConsumer } from '../src/consumer/stream-consumer.js';
import type { HandlerResult } from '../src/consumer/consumer-options.js';
import { eventually } from '../src/testing/eventually.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';
import {
  addEntries,
  GROUP,
  pendingCount,
  range,
  RecordedConsumer,
  STREAM,
} from './support/recorded-consumer.js';

/** A promise to be settled from outside. */
function gate(): { readonly opened: Promise<HandlerResult>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<HandlerResult>((resolve) => (open = () => resolve({ acked: false })));
  return { opened, open };
}

describe('StreamConsumer', () => {
  let server: TestRedis;
  let client: Redis;
  let recorded: RecordedConsumer;

  beforeAll(async () => {
    server = await startTestRedis();
    client = server.client();
  });
  beforeEach(async () => {
    await client.flushall();
    recorded = new RecordedConsumer({ commands: client, batchSize: 10 });
  });
  afterEach(() => recorded.stop());
  afterAll(() => server.stop());

  it('handles what was there before the group and what comes later, in order, and acks it', async () => {
    await addEntries(client, 25);
    recorded.start();
    await eventually(() => recorded.values.length === 25);
    await addEntries(client, 5, 25);
    await eventually(() => recorded.values.length === 30);
    expect(recorded.values).toEqual(range(30));
    await eventually(async () => (await pendingCount(client)) === 0);
    expect(recorded.modes).toEqual(['recovering', 'tailing']);
    expect(recorded.events['group-created']).toEqual([{ startId: '0' }]);
    expect(recorded.consumer.snapshot()).toMatchObject({
      delivered: 30,
      handled: 30,
      failed: 0,
      mode: 'tailing',
    });
  });

  it('begins a new group at the position it is given, not at the end of the stream', async () => {
    const ids = await addEntries(client, 5);
    recorded = new RecordedConsumer({
      commands: client,
      startId: () => Promise.resolve(ids[1] ?? ''),
    }).start();
    await eventually(() => recorded.values.length === 3);
    expect(recorded.values).toEqual(['2', '3', '4']);
  });

  it.each(['$', '', 'now', '0-0-0'])('refuses the start position %j', async (startId) => {
    recorded = new RecordedConsumer({ commands: client, startId: () => Promise.resolve(startId) });
    expect(await recorded.consumer.start()).toMatchObject({ kind: 'fatal' });
    expect(recorded.events.fatal).toHaveLength(1);
    expect(recorded.consumer.mode).toBe('stopped');
  });

  it('leaves acking to a handler that says it has acked', async () => {
    recorded.handler = async (batch) => {
      await client.xack(STREAM, GROUP, ...batch.slice(1).map(({ id }) => id));
      return { acked: true };
    };
    await addEntries(client, 3);
    recorded.start();
    await eventually(() => recorded.values.length === 3);
    await recorded.stop();
    expect(await pendingCount(client)).toBe(1); // the one the handler forgot: the consumer did not ack it
  });

  it('has the next batch in hand while one is being handled, and hands over one at a time', async () => {
    const first = gate();
    recorded.handler = () => (recorded.calls.length === 1 ? first.opened : Promise.resolve({ acked: false }));
    await addEntries(client, 30);
    recorded.start();
    await eventually(async () => expect(await pendingCount(client)).toBe(20));
    expect(recorded.calls).toHaveLength(1);
    first.open();
    await eventually(() => recorded.values.length === 30);
    expect(recorded.calls.map((values) => values.length)).toEqual([10, 10, 10]);
  });

  it('handles as many batches at once as it is told', async () => {
    const gates = [gate(), gate(), gate()];
    recorded = new RecordedConsumer({ commands: client, batchSize: 10, maxInFlightBatches: 2 });
    recorded.handler = () => gates[recorded.calls.length - 1]?.opened ?? Promise.reject(new Error('no gate'));
    await addEntries(client, 30);
    recorded.start();
    await eventually(async () => expect(await pendingCount(client)).toBe(30));
    expect(recorded.calls).toHaveLength(2);
    gates.forEach(({ open }) => open());
    await eventually(async () => expect(await pendingCount(client)).toBe(0));
  });

  it('splits a batch that is over its budget of characters', async () => {
    recorded = new RecordedConsumer({ commands: client, batchSize: 10, maxBatchCharacters: 10 });
    await addEntries(client, 10); // two characters each
    recorded.start();
    await eventually(() => recorded.values.length === 10);
    expect(recorded.calls.map((values) => values.length)).toEqual([5, 5]);
    expect(recorded.values).toEqual(range(10));
  });

  it('is woken by an entry: no polling', async () => {
    recorded = new RecordedConsumer({ commands: client, blockMs: 30_000 }).start();
    await eventually(() => recorded.consumer.mode === 'tailing');
    await eventually(async () => expect(await client.info('clients')).toContain('blocked_clients:1'));
    const startedAt = Date.now();
    await addEntries(client, 1);
    await eventually(() => recorded.values.length === 1, { everyMs: 1 });
    expect(Date.now() - startedAt).toBeLessThan(1_000);
  });

  describe('pause and resume', () => {
    it('takes nothing while paused, and everything afterwards', async () => {
      await addEntries(client, 3);
      recorded.start();
      await eventually(() => recorded.values.length === 3);
      recorded.consumer.pause();
      await eventually(() => recorded.consumer.mode === 'paused');
      await addEntries(client, 3, 3);
      expect(await pendingCount(client)).toBe(0);
      recorded.consumer.resume();
      await eventually(() => recorded.values.length === 6);
      expect(recorded.values).toEqual(range(6));
      expect(recorded.modes).toEqual(['recovering', 'tailing', 'paused', 'recovering', 'tailing']);
    });

    it('finishes what is in hand first, the prefetched batch included', async () => {
      const first = gate();
      recorded.handler = () =>
        recorded.calls.length === 1 ? first.opened : Promise.resolve({ acked: false });
      await addEntries(client, 30);
      recorded.start();
      await eventually(async () => expect(await pendingCount(client)).toBe(20));
      recorded.consumer.pause();
      first.open();
      await eventually(() => recorded.consumer.mode === 'paused');
      expect(recorded.values).toEqual(range(20));
      expect(await pendingCount(client)).toBe(0);
    });
  });

  describe('stop', () => {
    it('drains what is in hand, acked, and does not wait out a blocking read', async () => {
      recorded = new RecordedConsumer({ commands: client, blockMs: 30_000, watchdogGraceMs: 30_000 }).start();
      await addEntries(client, 3);
      await eventually(() => recorded.values.length === 3);
      const startedAt = Date.now();
      expect(await recorded.stop()).toBe('drained');
      expect(Date.now() - startedAt).toBeLessThan(1_000);
      expect(await pendingCount(client)).toBe(0);
      expect(recorded.modes.slice(-2)).toEqual(['draining', 'stopped']);
      await eventually(async () => expect(await client.client('LIST')).not.toContain('cmd=xreadgroup'));
    });

    it('gives up at the deadline: tells the handler, acks nothing more, leaves the rest pending', async () => {
      const stuck = gate();
      let aborted = false;
      recorded.handler = (_batch, { signal }) => {
        signal.addEventListener('abort', () => (aborted = true));
        return stuck.opened;
      };
      await addEntries(client, 5);
      recorded.start();
      await eventually(() => recorded.calls.length === 1);
      expect(await recorded.stop(50)).toBe('abandoned');
      expect(aborted).toBe(true);
      stuck.open();
      await recorded.consumer.start(); // the loop itself comes to its end
      expect(await pendingCount(client)).toBe(5);
    });

    it('works before start and twice', async () => {
      expect(await recorded.stop()).toBe('drained');
      expect(await recorded.stop()).toBe('drained');
    });
  });

  it('rejects options that would block for ever or read nothing', () => {
    const options = {
      commands: client,
      stream: 's',
      group: 'g',
      consumer: 'c',
      startId: () => Promise.resolve('0'),
    };
    const handler = () => Promise.resolve({ acked: true });
    expect(() => new StreamConsumer({ ...options, handler, blockMs: 0 })).toThrow(RangeError);
    expect(() => new StreamConsumer({ ...options, handler, batchSize: 1.5 })).toThrow(RangeError);
  });
});
