import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { RedisMissingEvents } from '@redis-mongo-sync/sync-adapters';
import { versionOf } from '@redis-mongo-sync/sync-core';
import { textOf } from '@redis-mongo-sync/sync-engine/testing';
import { eventually } from '@redis-mongo-sync/testing';
import { SyncBench, user } from '../support/sync-bench.js';

describeWith(describe, redisUnavailableReason())('missing events are named', () => {
  let bench: SyncBench;
  let n = 0;
  const email = () => `missing${n++}@example.org`;

  beforeEach(async () => {
    // Not started: what is written stays in flight, and nothing is repaired.
    bench = await SyncBench.start();
  });
  afterEach(() => bench.stop());

  const explain = () => bench.engine.status.missing('redis-to-mongo');

  /** Removes the entries of this record from the stream, as a careless person would. */
  async function vanish(key: string, keep = 0): Promise<void> {
    const entries = await bench.redis.xrange('redis_changes', '-', '+');
    const own = entries.filter(([, fields]) => fields[1]?.includes(`"key":"${key}"`)).map(([id]) => id);
    await bench.redis.xdel('redis_changes', ...own.slice(keep));
  }

  it('I18: entries that are missing are named, the others are not; then they are re-emitted', async () => {
    const keys = Array.from({ length: 5 }, email);
    for (const key of keys) await bench.inRedis().write(user(key));
    expect(await explain()).toEqual({ missing: 0, events: [], text: null });
    const gone = keys.slice(0, 2);
    for (const key of gone) await vanish(key);
    const states = await Promise.all(gone.map((key) => bench.inRedis().get(key)));
    const ids = gone.map((key, index) => {
      const state = states[index];
      return `redis:${key}:${state ? versionOf(state) : 0}`;
    });
    const { missing, events, text } = await explain();
    expect({ missing, events }).toEqual({ missing: 2, events: ids });
    for (const id of ids) expect(text).toContain(id);

    await bench.up();
    await bench.settled(keys);
    expect(await explain()).toEqual({ missing: 0, events: [], text: null });
    for (const key of keys) expect((await bench.mongo().get(key)).state).toBe('live');
  });

  it('I18: entries that an outsider trimmed before they were read are missing, though Redis counts them as lag', async () => {
    const [read, unread] = [email(), email()];
    await bench.up();
    await bench.inRedis().write(user(read));
    await bench.settled([read]);
    const { 'redis-to-mongo': lane } = bench.engine.lanes;
    lane.pause();
    await eventually(() => lane.mode === 'paused');
    await bench.inRedis().write(user(unread));
    await bench.redis.xtrim('redis_changes', 'MAXLEN', 0);
    const { missing, events } = await explain();
    expect({ missing, events }).toEqual({ missing: 1, events: [expect.stringContaining(unread)] });
    await lane.repair();
    lane.resume();
    await bench.settled([read, unread]);
  });

  it('says how many cannot be named, and why', async () => {
    const key = email();
    await bench.inRedis().write(user(key, { name: 'one' }));
    await bench.inRedis().write(user(key, { name: 'two' }));
    await vanish(key);
    const { missing, events, text } = await explain();
    expect(missing).toBe(2);
    expect(events).toHaveLength(1);
    expect(text).toContain('1 cannot be named: a newer version of the same record overtook them');
  });

  it('does not take dead letters for missing', async () => {
    const [dead, gone] = [email(), email()];
    for (const key of [dead, gone]) await bench.inRedis().write(user(key));
    const [entry] = await bench.redis.xrange('redis_changes', '-', '+', 'COUNT', 1);
    await bench.redis.xadd('redis_changes:dlq', '*', 'originalId', '1-0', ...(entry?.[1] ?? []));
    await vanish(dead);
    await vanish(gone);
    const { eventIds } = await new RedisMissingEvents(bench.redis).find('redis-to-mongo');
    expect(eventIds).toEqual([expect.stringContaining(gone)]);
  });

  it('names nothing when there is more to read than it may', async () => {
    for (const key of Array.from({ length: 1_200 }, email)) await bench.inRedis().write(user(key));
    const limits = { maxRecords: 50_000, maxEntries: 1_000 };
    const found = await new RedisMissingEvents(bench.redis, limits).find('redis-to-mongo');
    expect(found).toEqual({ eventIds: [], complete: false });
    expect(textOf(3, found)).toContain('more is in flight than can be searched');
  });

  it('names those on the way to Redis, too', async () => {
    const key = email();
    await bench.up();
    const { 'mongo-to-redis': lane } = bench.engine.lanes;
    lane.pause();
    await eventually(() => lane.mode === 'paused');
    const written = await bench.mongo().write(user(key));
    await eventually(async () => (await bench.redis.hlen('mongo_changes:inflight')) > 0);
    await bench.redis.xtrim('mongo_changes', 'MAXLEN', 0);
    const { eventIds } = await new RedisMissingEvents(bench.redis).find('mongo-to-redis');
    expect(eventIds).toEqual([`mongo:${key}:${'record' in written ? written.record.version : 0}`]);
    lane.resume();
    await bench.settled([key]);
  });

  it('lists at most 20, and the number of the others', () => {
    const eventIds = Array.from({ length: 25 }, (_, i) => `redis:k${i}:1`);
    expect(textOf(25, { eventIds, complete: true })).toMatch(/redis:k19:1, and 5 more;/);
  });
});
