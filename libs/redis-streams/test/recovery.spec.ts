import type { Redis } from 'ioredis';
import { DeadLetters } from '../src/dead-letters/dead-letters.js';
import { streamInfo } from '../src/stream-info.js';
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
import { SpawnedConsumer } from './support/spawned-consumer.js';

describe('recovery', () => {
  let server: TestRedis;
  let client: Redis;
  let recorded: RecordedConsumer | undefined;
  const spawned: SpawnedConsumer[] = [];

  beforeAll(async () => {
    server = await startTestRedis();
    client = server.client();
  });
  beforeEach(async () => {
    await client.flushall();
    await client.xgroup('CREATE', STREAM, GROUP, '0', 'MKSTREAM');
  });
  afterEach(async () => {
    await recorded?.stop();
    await Promise.all(spawned.splice(0).map((child) => child.kill()));
  });
  afterAll(() => server.stop());

  /** Delivers `count` entries to `consumer`, which then never answers. */
  const deliver = (consumer: string, count: number) =>
    client.xreadgroup('GROUP', GROUP, consumer, 'COUNT', count, 'STREAMS', STREAM, '>');

  it('begins with its own pending entries, oldest first, then tails', async () => {
    await addEntries(client, 25);
    await deliver('a', 20);
    recorded = new RecordedConsumer({ commands: client, batchSize: 8 }).start();
    await eventually(() => recorded?.values.length === 25);
    expect(recorded.values).toEqual(range(25));
    expect(recorded.consumer.snapshot()).toMatchObject({ redelivered: 20, delivered: 5, reclaimed: 0 });
  });

  it('takes over idle entries hidden behind many fresh ones: the cursor is followed to its end', async () => {
    await addEntries(client, 2_000);
    await deliver('fresh', 1_500);
    await deliver('gone', 500);
    await age('gone', 100_000);
    // One call with COUNT 100 looks at 1,000 fresh entries and claims nothing.
    recorded = new RecordedConsumer({ commands: client, batchSize: 100, minIdleMs: 60_000 }).start();
    await eventually(() => recorded?.consumer.mode === 'tailing');
    expect(recorded.values).toEqual(range(500, 1_500));
    expect(recorded.events.reclaimed.reduce((sum, { count }) => sum + count, 0)).toBe(500);
    await eventually(async () => expect(await pendingCount(client)).toBe(1_500));
  });

  it('counts pending entries whose data was trimmed as lost, says so, and goes on', async () => {
    const ids = await addEntries(client, 10);
    await deliver('a', 4);
    await deliver('gone', 4);
    await age('gone', 100_000);
    await client.xdel(STREAM, ...[1, 2, 5, 6].map((index) => ids[index] ?? ''));
    recorded = new RecordedConsumer({ commands: client }).start();
    await eventually(() => recorded?.values.length === 6);
    expect(recorded.values).toEqual(['0', '3', '4', '7', '8', '9']);
    expect(recorded.events.lost.flatMap((event) => event.ids).sort()).toEqual([
      ids[1],
      ids[2],
      ids[5],
      ids[6],
    ]);
    expect(recorded.consumer.snapshot().lost).toBe(4);
    await eventually(async () => expect(await pendingCount(client)).toBe(0));
  });

  it('looks for abandoned entries again while it tails', async () => {
    recorded = new RecordedConsumer({ commands: client, reclaimEveryMs: 50, minIdleMs: 60_000 }).start();
    await eventually(() => recorded?.consumer.mode === 'tailing');
    recorded.consumer.pause();
    await eventually(() => recorded?.consumer.mode === 'paused');
    await addEntries(client, 3);
    await deliver('gone', 3);
    recorded.consumer.resume();
    await addEntries(client, 2, 3);
    await eventually(() => recorded?.values.length === 2);
    await age('gone', 100_000);
    await eventually(() => recorded?.values.length === 5);
    expect(recorded.values).toEqual(['3', '4', '0', '1', '2']);
    expect(recorded.consumer.mode).toBe('tailing');
  });

  it('takes over from a process that was killed', async () => {
    const victim = spawn('hold', 'victim');
    await addEntries(client, 30);
    await eventually(() => victim.batches.length > 0);
    await victim.kill();
    const held = await pendingCount(client);
    expect(held).toBeGreaterThan(0);
    recorded = new RecordedConsumer({ commands: client, minIdleMs: 100, reclaimEveryMs: 100 }).start();
    await eventually(async () => expect(await pendingCount(client)).toBe(0));
    expect(new Set(recorded.values)).toEqual(new Set(range(30)));
    expect(recorded.consumer.snapshot().reclaimed).toBe(held);
  });

  it('is harmless as a zombie: frozen beyond the idle limit, it wakes up and acks what others have done', async () => {
    const zombie = spawn('ack', 'zombie', { delayMs: 300, minIdleMs: 60_000 });
    await eventually(() => zombie.ready);
    await addEntries(client, 5);
    await eventually(() => zombie.batches.length > 0);
    zombie.signal('SIGSTOP');
    recorded = new RecordedConsumer({ commands: client, minIdleMs: 200, reclaimEveryMs: 50 }).start();
    await eventually(async () => {
      expect(new Set(recorded?.values)).toEqual(new Set(range(5)));
      expect(await pendingCount(client)).toBe(0);
    });
    zombie.signal('SIGCONT');
    await addEntries(client, 1, 5);
    await eventually(async () => {
      expect([...zombie.values, ...(recorded?.values ?? [])]).toContain('5');
      expect(await pendingCount(client)).toBe(0);
    });
    expect(await client.exists(`${STREAM}:dlq`)).toBe(0);
  });

  it('dead-letters an entry that kills its process each time, and only that one', async () => {
    await addEntries(client, 20);
    const settled: string[] = [];
    let deaths = 0;
    for (let done = false; !done;) {
      const child = spawn('die', 'stable-name', { killer: '7' });
      done = await eventually(async () => {
        if (child.endedBy) return { survived: false };
        const [group] = (await streamInfo(client, STREAM)).groups;
        return child.ready && group?.lag === 0 && group.pending === 0 && { survived: true };
      }).then(({ survived }) => survived);
      if (!done) deaths += 1;
      expect(child.errors).toBe('');
      settled.push(...child.values);
    }
    const page = await new DeadLetters({ commands: client, stream: STREAM }).list();
    expect(page.letters.map(({ fields }) => fields.n)).toEqual(['7']);
    expect(page.letters[0]?.error).toContain('never settled');
    expect(deaths).toBe(4); // the first delivery, then a batch, then twice alone
    expect(new Set(settled)).toEqual(new Set(range(20)));
  });

  function spawn(
    behaviour: 'hold' | 'ack' | 'die',
    consumer: string,
    more: { delayMs?: number; killer?: string; minIdleMs?: number } = {},
  ): SpawnedConsumer {
    const child = new SpawnedConsumer({ url: server.url, consumer, behaviour, minIdleMs: 60_000, ...more });
    spawned.push(child);
    return child;
  }

  /** Makes the pending entries of `consumer` look idle for `idleMs`. */
  async function age(consumer: string, idleMs: number): Promise<void> {
    const rows = (await client.xpending(STREAM, GROUP, '-', '+', 10_000, consumer)) as [string][];
    const ids = rows.map(([id]) => id);
    await client.xclaim(...([STREAM, GROUP, consumer, 0, ...ids, 'IDLE', idleMs, 'JUSTID'] as const));
  }
});
