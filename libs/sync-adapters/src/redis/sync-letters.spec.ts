import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeWith, redisUnavailableReason, startPrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { changeEvent, EVENT_FIELD, formatEvent, USERS } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { KEYS } from './keys.js';
import { RedisInFlight } from './redis-in-flight.js';
import { RedisMissingEvents } from './redis-missing-events.js';
import { SyncLetters } from './sync-letters.js';

const KEY = 'a:b:c@example.org';

describeWith(describe, redisUnavailableReason())('SyncLetters', () => {
  let server: Awaited<ReturnType<typeof startPrivateRedis>>;
  let redis: Redis;
  let letters: SyncLetters;
  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = connect({ url: server.url, profile: 'commands' });
    letters = new SyncLetters('redis-to-mongo', { commands: redis, secretFields: [] });
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(() => redis.flushall());

  const inFlight = KEYS.inFlight('redis-to-mongo');

  /** A letter as the consumer leaves it, of an entry that holds this text. */
  async function letterOf(text: string): Promise<string> {
    const own = ['originalId', '1-0', 'stream', 'redis_changes', 'group', 'sync-service', 'error', 'x'];
    const counts = ['attempts', '1', 'firstFailedAt', '1', 'lastFailedAt', '1'];
    const id = await redis.xadd(
      KEYS.deadLetters('redis-to-mongo'),
      '*',
      ...own,
      ...counts,
      EVENT_FIELD,
      text,
    );
    return id ?? '';
  }

  const eventText = (version: number) =>
    formatEvent(
      changeEvent('redis', { entity: USERS.name, key: KEY, source: 'redis', version, payload: '{"a":1}' }),
    );

  it.each([
    ['2000 1000 *', null],
    ['1500 0 ["name"]', null],
    ['2001 1000 *', '2001 1000 *'],
    [null, null],
  ])('of version 2000, with %j in flight: discarding it leaves %j', async (before, after) => {
    if (before !== null) await redis.hset(inFlight, `users:${KEY}`, before);
    const id = await letterOf(eventText(2000));
    expect(await letters.discard(id)).toBe(true);
    expect(await redis.hget(inFlight, `users:${KEY}`)).toBe(after);
    expect(await letters.size()).toBe(0);
    expect(await letters.discard(id)).toBe(false);
  });

  it('discards what is no event, and nothing that is not there', async () => {
    expect(await letters.discard(await letterOf('garbage'))).toBe(true);
    expect(await letters.discard('9-9')).toBe(false);
    expect(await letters.discard('no id')).toBe(false);
  });

  it('counts for what is in flight until then; keys may hold colons', async () => {
    await redis.hset(inFlight, `users:${KEY}`, '2000 1000 ["a:b"]');
    const id = await letterOf(eventText(2000));
    const missing = () => new RedisMissingEvents(redis).find('redis-to-mongo');
    expect(await missing()).toEqual({ eventIds: [], complete: true });
    for await (const records of new RedisInFlight(redis).records('redis-to-mongo', 10))
      expect([...records]).toEqual([['users', [KEY]]]);
    await redis.xdel(KEYS.deadLetters('redis-to-mongo'), id);
    expect(await missing()).toEqual({ eventIds: [`redis:${KEY}:2000`], complete: true });
  });
});
