import type { Redis } from 'ioredis';
import type { BatchHandler } from '../src/consumer/consumer-options.js';
import { DeadLetters } from '../src/dead-letters/dead-letters.js';
import { fieldOf } from '../src/stream-entry.js';
import { eventually } from '../src/testing/eventually.js';
import { ManualClock } from '../src/testing/manual-clock.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';
import {
  addEntries,
  GROUP,
  pendingCount,
  range,
  RecordedConsumer,
  STREAM,
} from './support/recorded-consumer.js';

/** Only retries and the breaker follow the clock that is moved by hand. */
const BY_HAND = { watchdogGraceMs: 1e9, reclaimEveryMs: 1e9 };

/** Fails the entries with these values, one by one. */
const failing =
  (...values: string[]): BatchHandler =>
  (batch) =>
    Promise.resolve({
      acked: false,
      failures: batch
        .filter((entry) => values.includes(fieldOf(entry, 'n') ?? ''))
        .map(({ id }) => ({ id, error: new TypeError('bad entry') })),
    });

describe('failures of single entries', () => {
  let server: TestRedis;
  let client: Redis;
  let recorded: RecordedConsumer;
  let clock: ManualClock;
  let letters: DeadLetters;

  beforeAll(async () => {
    server = await startTestRedis();
    client = server.client();
    letters = new DeadLetters({ commands: client, stream: STREAM });
  });
  beforeEach(async () => {
    await client.flushall();
    clock = new ManualClock();
    recorded = new RecordedConsumer({ commands: client, clock, ...BY_HAND });
  });
  afterEach(() => recorded.stop());
  afterAll(() => server.stop());

  const calls = (count: number) => eventually(() => recorded.calls.length === count);

  it('retries the entry alone after 100, 400 and 900 ms, then dead-letters it; the rest goes on', async () => {
    recorded.handler = failing('3');
    const ids = await addEntries(client, 5);
    recorded.start();
    await calls(1);
    await eventually(async () => expect(await pendingCount(client)).toBe(1));
    await addEntries(client, 1, 5);
    await calls(2);
    expect(recorded.calls).toEqual([range(5), ['5']]);

    const startedAt = clock.now();
    for (const [wait, attempt] of [
      [100, 2],
      [400, 3],
      [900, 4],
    ] as const) {
      await eventually(() => recorded.consumer.snapshot().failed === attempt - 1);
      const before = recorded.calls.length;
      clock.advance(wait - 1);
      await addEntries(client, 1, 10); // goes through while the poison waits
      await calls(before + 1);
      expect(recorded.calls.at(-1)).toEqual(['10']);
      clock.advance(1);
      await calls(before + 2);
      expect(recorded.calls.at(-1)).toEqual(['3']);
      expect(recorded.attempts.at(-1)).toBe(attempt);
    }
    await eventually(async () => expect(await letters.size()).toBe(1));

    const {
      letters: [letter],
    } = await letters.list();
    expect(letter).toMatchObject({
      originalId: ids[3],
      stream: STREAM,
      group: GROUP,
      error: 'TypeError: bad entry',
      attempts: 4,
      firstFailedAt: startedAt,
      lastFailedAt: startedAt + 1_400,
      fields: { n: '3' },
    });
    await eventually(async () => expect(await pendingCount(client)).toBe(0));
    expect(recorded.consumer.snapshot()).toMatchObject({
      failed: 4,
      retried: 3,
      deadLettered: 1,
      shelved: 0,
    });
    expect(recorded.events['dead-lettered']).toMatchObject([{ id: ids[3], attempts: 4 }]);
  });

  it('acks an entry that gets well', async () => {
    recorded.handler = failing('0');
    await addEntries(client, 1);
    recorded.start();
    await calls(1);
    await eventually(() => recorded.consumer.snapshot().shelved === 1);
    recorded.handler = failing();
    clock.advance(100);
    await eventually(async () => expect(await pendingCount(client)).toBe(0));
    expect(recorded.consumer.snapshot()).toMatchObject({ handled: 1, deadLettered: 0, shelved: 0 });
  });

  it('dead-letters at once what can never succeed', async () => {
    recorded.handler = (batch) =>
      Promise.resolve({
        acked: false,
        failures: batch.map(({ id }) => ({ id, error: 'unparsable', retry: false })),
      });
    await addEntries(client, 2);
    recorded.start();
    await eventually(async () => expect(await letters.size()).toBe(2));
    expect(recorded.calls).toHaveLength(1);
  });

  it('finds the culprit when the handler throws for a whole batch, without a try too many for the others', async () => {
    recorded.handler = (batch) =>
      batch.some((entry) => fieldOf(entry, 'n') === '77')
        ? Promise.reject(new TypeError('cannot read properties of undefined'))
        : Promise.resolve({ acked: false });
    await addEntries(client, 100);
    recorded.start();
    await eventually(async () => expect(await pendingCount(client)).toBe(1));
    expect(recorded.consumer.snapshot()).toMatchObject({ handled: 99, shelved: 1 });
    expect(recorded.calls.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(100)) + 1);
  });

  it('does not touch an entry that somebody else has settled meanwhile', async () => {
    recorded.handler = failing('0');
    const ids = await addEntries(client, 1);
    recorded.start();
    await eventually(() => recorded.consumer.snapshot().shelved === 1);
    await client.xack(STREAM, GROUP, ...ids);
    for (const wait of [100, 400, 900]) {
      const before = recorded.calls.length;
      clock.advance(wait);
      await calls(before + 1);
    }
    await eventually(() => recorded.consumer.snapshot().shelved === 0);
    expect(await letters.size()).toBe(0);
    expect(recorded.consumer.snapshot()).toMatchObject({ deadLettered: 0, settledElsewhere: 1 });
  });

  it('reads no more while the shelf is full', async () => {
    recorded = new RecordedConsumer({
      commands: client,
      clock,
      ...BY_HAND,
      batchSize: 1,
      maxShelved: 2,
    });
    recorded.handler = failing(...range(10));
    await addEntries(client, 10);
    recorded.start();
    await eventually(() => recorded.consumer.snapshot().shelved === 2);
    await eventually(async () => expect(await pendingCount(client)).toBe(3)); // and one prefetched
    expect(recorded.values).toEqual(['0', '1']);
    recorded.handler = failing();
    clock.advance(100);
    await eventually(async () => expect(await pendingCount(client)).toBe(0));
    expect(new Set(recorded.values)).toEqual(new Set(range(10)));
  });

  it('does not hand out a shelved entry again when it goes through what is pending', async () => {
    recorded.handler = failing('1');
    await addEntries(client, 2);
    recorded.start();
    await eventually(() => recorded.consumer.snapshot().shelved === 1);
    recorded.consumer.pause();
    await eventually(() => recorded.consumer.mode === 'paused');
    recorded.consumer.resume();
    await eventually(() => recorded.consumer.mode === 'tailing');
    await addEntries(client, 1, 2);
    await eventually(() => recorded.values.includes('2'));
    expect(recorded.values).toEqual(['0', '1', '2']);
  });

  it('leaves shelved entries pending when it stops', async () => {
    recorded.handler = failing('1');
    await addEntries(client, 2);
    recorded.start();
    await eventually(() => recorded.consumer.snapshot().shelved === 1);
    expect(await recorded.stop()).toBe('drained');
    expect(await pendingCount(client)).toBe(1);
  });

  it('keeps error texts short and without stacks', async () => {
    const error = new Error('x'.repeat(5_000));
    recorded.handler = (batch) =>
      Promise.resolve({ acked: false, failures: batch.map(({ id }) => ({ id, error, retry: false })) });
    await addEntries(client, 1);
    recorded.start();
    await eventually(async () => expect(await letters.size()).toBe(1));
    expect((await letters.list()).letters[0]?.error).toHaveLength(1_000);
  });
});

describe('failures of a store', () => {
  let server: TestRedis;
  let client: Redis;
  let recorded: RecordedConsumer;

  beforeAll(async () => {
    server = await startTestRedis();
    client = server.client();
  });
  beforeEach(() => client.flushall());
  afterEach(() => recorded.stop());
  afterAll(() => server.stop());

  class StoreDownError extends Error {}
  const classify = (error: unknown) => (error instanceof StoreDownError ? 'transient' : 'poison');

  it('pauses, tries again and again, dead-letters nothing, and then handles everything in order', async () => {
    let down = true;
    recorded = new RecordedConsumer({
      commands: client,
      batchSize: 4,
      maxDeliveries: 3,
      classify,
      breaker: { baseMs: 1, capMs: 2 },
    });
    const handled: string[] = [];
    recorded.handler = (batch) => {
      if (down) return Promise.reject(new StoreDownError('no primary'));
      handled.push(...batch.map((entry) => fieldOf(entry, 'n') ?? ''));
      return Promise.resolve({ acked: false });
    };
    await addEntries(client, 10);
    recorded.start();
    await eventually(() => recorded.calls.length > 30); // ten times the limit of deliveries
    expect(recorded.consumer.snapshot().breaker.state).not.toBe('closed');
    down = false;
    await eventually(() => handled.length === 10);
    expect(handled).toEqual(range(10));
    expect(await client.exists(`${STREAM}:dlq`)).toBe(0);
    expect(recorded.consumer.snapshot()).toMatchObject({
      failed: 0,
      deadLettered: 0,
      breaker: { state: 'closed' },
    });
  });

  it('handles each entry once more only, and none that was acked', async () => {
    recorded = new RecordedConsumer({ commands: client, batchSize: 5, classify });
    recorded.handler = () =>
      recorded.calls.length === 2
        ? Promise.reject(new StoreDownError('hiccup'))
        : Promise.resolve({ acked: false });
    await addEntries(client, 20);
    recorded.start();
    await eventually(async () => recorded.values.length >= 25 && (await pendingCount(client)) === 0);
    expect(recorded.values).toEqual([...range(5), ...range(5, 5), ...range(15, 5)]);
  });

  it('waits longer after each failure, up to its cap', async () => {
    const clock = new ManualClock();
    const options = {
      commands: client,
      clock,
      classify,
      random: () => 1,
      breaker: { baseMs: 50, capMs: 300 },
    };
    recorded = new RecordedConsumer(options);
    recorded.handler = () => Promise.reject(new StoreDownError('no primary'));
    await addEntries(client, 1);
    recorded.start();
    const waits = () => recorded.events.breaker.flatMap(({ waitMs }) => (waitMs === null ? [] : [waitMs]));
    for (const [index, wait] of [50, 100, 200, 300, 300].entries()) {
      await eventually(() => waits().length === index + 1);
      expect(waits().at(-1)).toBe(wait);
      clock.advance(wait);
    }
  });

  it('stops with the reason when the failure is fatal, the entries still pending', async () => {
    const error = new Error('no such collection');
    recorded = new RecordedConsumer({ commands: client, classify: () => 'fatal' });
    recorded.handler = () => Promise.reject(error);
    await addEntries(client, 3);
    expect(await recorded.consumer.start()).toEqual({ kind: 'fatal', error });
    expect(recorded.consumer.mode).toBe('stopped');
    expect(await pendingCount(client)).toBe(3);
  });

  it('goes on trying while the checkpoint store does not answer', async () => {
    let tries = 0;
    recorded = new RecordedConsumer({
      commands: client,
      startId: () => (++tries < 4 ? Promise.reject(new StoreDownError('no primary')) : Promise.resolve('0')),
    });
    await addEntries(client, 2);
    recorded.start();
    await eventually(() => recorded.values.length === 2);
    expect(tries).toBe(4);
  });
});
