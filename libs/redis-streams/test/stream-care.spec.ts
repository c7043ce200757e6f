import type { Redis } from 'ioredis';
import { reapConsumers } from '../src/consumer-reaper.js';
import { streamInfo } from '../src/stream-info.js';
import { StreamTrimmer, type TrimReport } from '../src/stream-trimmer.js';
import { eventually } from '../src/testing/eventually.js';
import { ManualClock } from '../src/testing/manual-clock.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';
import { addEntries, STREAM } from './support/recorded-consumer.js';

describe('care of a stream', () => {
  let server: TestRedis;
  let client: Redis;

  beforeAll(async () => {
    server = await startTestRedis();
    client = server.client();
  });
  beforeEach(() => client.flushall());
  afterAll(() => server.stop());

  const group = (name: string, start = '0') => client.xgroup('CREATE', STREAM, name, start, 'MKSTREAM');

  /** Delivers the next `count` entries to `name` and acks those from `ackFrom` on. */
  async function consume(name: string, count: number, ackFrom = 0): Promise<void> {
    const reply = (await client.xreadgroup(
      ...(['GROUP', name, 'c', 'COUNT', count, 'STREAMS', STREAM, '>'] as const),
    )) as [string, [string][]][] | null;
    const ids = (reply?.[0]?.[1] ?? []).map(([id]) => id).slice(ackFrom);
    if (ids.length > 0) await client.xack(STREAM, name, ...ids);
  }

  describe('StreamTrimmer', () => {
    const trimmer = (more = {}) => new StreamTrimmer({ commands: client, stream: STREAM, ...more });
    const remaining = async () => (await client.xrange(STREAM, '-', '+')).map(([id]) => id);

    it('removes what every group has acked, and nothing beyond the slowest one', async () => {
      const ids = await addEntries(client, 2_000);
      await group('fast');
      await group('slow');
      await consume('fast', 2_000);
      await consume('slow', 1_000);
      const report = await trimmer().trim();
      expect(report.floor).toBe(ids[999]);
      expect(report.removed).toBeGreaterThanOrEqual(850); // whole nodes of a hundred
      const left = await remaining();
      expect(left.length).toBe(report.length);
      expect(left).toEqual(expect.arrayContaining(ids.slice(1_000)));
    });

    it('keeps everything from the oldest pending entry on, though later ones are acked', async () => {
      const ids = await addEntries(client, 1_000);
      await group('g');
      await consume('g', 300);
      await consume('g', 700, 1); // the 301st stays pending
      const report = await trimmer().trim();
      expect(report.floor).toBe(ids[300]);
      expect(await remaining()).toEqual(expect.arrayContaining(ids.slice(300)));
    });

    it('leaves alone a stream nobody reads, one with an unread group, and none at all', async () => {
      expect(await trimmer().trim()).toEqual({ removed: 0, floor: null, length: 0, overfull: false });
      await addEntries(client, 500);
      expect(await trimmer().trim()).toMatchObject({ removed: 0, floor: null, length: 500 });
      await group('done');
      await group('new');
      await consume('done', 500);
      expect(await trimmer().trim()).toMatchObject({ removed: 0, floor: '0-0', length: 500 });
    });

    it('keeps the last entries of a stream nobody reads, if so many are wanted; with a group what it needs', async () => {
      await addEntries(client, 500);
      const report = await trimmer({ keepWithoutGroup: 100 }).trim();
      expect(report.removed).toBeGreaterThanOrEqual(300);
      expect(report.length).toBeGreaterThanOrEqual(100);
      await group('new');
      await addEntries(client, 500);
      expect(await trimmer({ keepWithoutGroup: 100 }).trim()).toMatchObject({ removed: 0 });
    });

    it('compares ids as numbers, not as text', async () => {
      for (const id of ['9-1', '10-2', '10-9', '10-10', '10-18446744073709551615']) {
        await client.xadd(STREAM, id, 'n', id);
      }
      await group('ahead', '10-18446744073709551615');
      await group('behind', '10-9');
      expect((await trimmer().trim()).floor).toBe('10-9');
      await client.xgroup('SETID', STREAM, 'ahead', '9-1');
      expect((await trimmer().trim()).floor).toBe('9-1');
    });

    it('removes large backlogs in pieces', async () => {
      await addEntries(client, 25_000);
      await group('g');
      await consume('g', 25_000);
      const report = await trimmer().trim();
      expect(report.removed).toBeGreaterThan(24_800);
    });

    it('turns a hard cap into a signal, on and off, and never into loss', async () => {
      const signals: [boolean, TrimReport][] = [];
      const capped = trimmer({
        maxLength: 500,
        onPressure: (overfull: boolean, report: TrimReport) => signals.push([overfull, report]),
      });
      await addEntries(client, 1_000);
      await group('g');
      expect(await capped.trim()).toMatchObject({ removed: 0, length: 1_000, overfull: true });
      await capped.trim();
      expect(signals.map(([overfull]) => overfull)).toEqual([true]);
      await consume('g', 1_000);
      await capped.trim();
      expect(signals.map(([overfull]) => overfull)).toEqual([true, false]);
    });

    it('works on a timer, survives an outage, and stops', async () => {
      const clock = new ManualClock();
      const errors: unknown[] = [];
      const timed = trimmer({ clock, everyMs: 1_000, onError: (error: unknown) => errors.push(error) });
      timed.start();
      await client.set(STREAM, 'not a stream');
      clock.advance(1_000);
      await eventually(() => errors.length === 1);
      await client.del(STREAM);
      await addEntries(client, 500);
      await group('g');
      await consume('g', 500);
      await eventually(async () => {
        clock.advance(1_000);
        expect(await client.xlen(STREAM)).toBeLessThan(200);
      });
      await timed.stop();
    });
  });

  describe('streamInfo', () => {
    it('tells length, ends, groups, backlog and the age of the oldest pending entry', async () => {
      const ids = await addEntries(client, 10);
      await group('g');
      await group('idle');
      await consume('g', 4, 2);
      const info = await streamInfo(client, STREAM);
      expect(info).toMatchObject({ length: 10, firstId: ids[0], lastId: ids[9] });
      const [busy, idle] = info.groups;
      expect(busy).toMatchObject({
        name: 'g',
        consumers: 1,
        pending: 2,
        lag: 6,
        lastDeliveredId: ids[3],
        oldestPendingId: ids[0],
      });
      expect(busy?.oldestPendingAgeMs).toBeGreaterThanOrEqual(0);
      expect(busy?.oldestPendingAgeMs).toBeLessThan(10_000);
      expect(idle).toMatchObject({
        name: 'idle',
        pending: 0,
        lag: 10,
        oldestPendingId: null,
        oldestPendingAgeMs: null,
      });
    });

    it('counts the age by the clock of Redis', async () => {
      const [seconds] = await client.time();
      await client.xadd(STREAM, `${(Number(seconds) - 60) * 1_000}-0`, 'n', '1');
      await group('g');
      await consume('g', 1, 1);
      const age = (await streamInfo(client, STREAM)).groups[0]?.oldestPendingAgeMs ?? 0;
      expect(age).toBeGreaterThanOrEqual(60_000);
      expect(age).toBeLessThan(65_000);
    });

    it('says unknown where Redis cannot tell the lag', async () => {
      const ids = await addEntries(client, 10);
      await group('g', ids[4]);
      await client.xdel(STREAM, ids[7] ?? '');
      expect((await streamInfo(client, STREAM)).groups[0]?.lag).toBeNull();
    });

    it('knows no difference between an empty and a missing stream', async () => {
      expect(await streamInfo(client, STREAM)).toEqual({
        length: 0,
        firstId: null,
        lastId: null,
        groups: [],
      });
    });
  });

  describe('reapConsumers', () => {
    it('removes idle names without pending entries, and no other', async () => {
      await addEntries(client, 3);
      await group('g');
      for (const name of ['gone', 'holds']) await client.xgroup('CREATECONSUMER', STREAM, 'g', name);
      await client.xreadgroup('GROUP', 'g', 'holds', 'COUNT', 3, 'STREAMS', STREAM, '>');
      expect(await reapConsumers(client, { stream: STREAM, group: 'g', idleMs: 60_000 })).toEqual([]);
      expect(await reapConsumers(client, { stream: STREAM, group: 'g', idleMs: 0 })).toEqual(['gone']);
      expect((await client.xpending(STREAM, 'g'))[0]).toBe(3);
    });
  });
});
