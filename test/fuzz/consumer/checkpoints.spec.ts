import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { SyncAlert } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { eventually } from '@redis-mongo-sync/testing';
import { SyncBench, user } from '../../support/sync-bench.js';

type Spoil = (redis: Redis) => Promise<unknown>;

describeWith(describe, redisUnavailableReason())('capture positions that an outsider wrote over', () => {
  let bench: SyncBench;
  let written = 0;
  beforeAll(async () => {
    bench = await SyncBench.start();
    await bench.up();
  });
  afterAll(() => bench.stop());

  /** A write on each side arrives at the other, and the ledger balances. */
  async function works(): Promise<void> {
    const keys = [`m${++written}@spoilt.example.org`, `r${written}@spoilt.example.org`];
    await bench.mongo().write(user(keys[0] ?? ''));
    await bench.inRedis().write(user(keys[1] ?? ''));
    await bench.settled(keys);
  }

  const alertsOf = (code: SyncAlert) => bench.log.filter((line) => line.includes(code)).length;
  const position = KEYS.capturePosition;

  it.each<[string, SyncAlert, Spoil]>([
    ['garbage', SyncAlert.PositionSpoiled, (redis) => redis.set(position, '\u0000garbage')],
    ['an empty text', SyncAlert.PositionSpoiled, (redis) => redis.set(position, '')],
    [
      'a truncated position',
      SyncAlert.PositionSpoiled,
      async (redis) => redis.set(position, ((await redis.get(position)) ?? '').slice(0, -3)),
    ],
    ['another shape', SyncAlert.PositionSpoiled, (redis) => redis.set(position, '{"feed":{"$gt":""}}')],
    [
      'a snapshot of nothing',
      SyncAlert.PositionSpoiled,
      (redis) => redis.set(position, '{"feed":"{}","snapshot":{"entity":7,"afterId":[]}}'),
    ],
    [
      'another type',
      SyncAlert.PositionSpoiled,
      (redis) => redis.multi().del(position).hset(position, 'feed', 'x').exec(),
    ],
    ['no resume token', SyncAlert.HistoryLost, (redis) => redis.set(position, '{"feed":"garbage"}')],
    [
      'a resume token that the server does not know',
      SyncAlert.HistoryLost,
      (redis) => redis.set(position, JSON.stringify({ feed: JSON.stringify({ _data: 'zz' }) })),
    ],
  ])(
    'I13: in place of the position %s: an alert, everything is published again, and it goes on',
    async (_what, code, spoil) => {
      await works();
      const before = alertsOf(code);
      await spoil(bench.redis);
      await eventually(() => alertsOf(code) > before, { timeoutMs: 20_000 });
      await eventually(() => bench.engine.status.capture.mode === 'streaming', { timeoutMs: 20_000 });
      await works();
      // An alert once, not a loop.
      expect(alertsOf(code)).toBe(before + 1);
    },
    90_000,
  );

  it('garbage among the versions in flight holds nothing up', async () => {
    for (const direction of ['mongo-to-redis', 'redis-to-mongo'] as const) {
      await bench.redis.hset(
        KEYS.inFlight(direction),
        'users:x@spoilt.example.org',
        'garbage',
        'ghosts:',
        '-1',
        '',
        '',
      );
    }
    await bench.mongo().write(user('x@spoilt.example.org'));
    await bench.settled(['x@spoilt.example.org']);
    await works();
  }, 60_000);
});
