import { setTimeout as sleep } from 'node:timers/promises';
import { KEYS, SYNC_GROUP } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS } from '@redis-mongo-sync/sync-core';
import { nothing, type Fault, type FaultContext, type Heal } from './fault.js';

/** Slack around the moment in which a primary dies: answers on their way were acknowledged before. */
const FAIL_OVER_SLACK_MS = 300;

export const REDIS_FAULTS: readonly Fault[] = [
  {
    kind: 'redis-kill',
    family: 'redis',
    hold: [100, 4_000],
    strike: async ({ world }) => {
      await world.redisPair.primary.kill('SIGKILL');
      return () => world.redisPair.primary.restart();
    },
  },
  {
    kind: 'redis-restart',
    family: 'redis',
    hold: [0, 0],
    strike: async ({ world }) => {
      await world.redisPair.primary.restart();
      return nothing;
    },
  },
  {
    kind: 'redis-freeze',
    family: 'redis',
    hold: [500, 7_000],
    strike: async ({ world }) => {
      await world.redisPair.primary.freeze();
      return () => world.redisPair.primary.thaw();
    },
  },
  { kind: 'redis-flushall', family: 'redis', hold: [0, 0], strike: flushAll },
  {
    kind: 'redis-del-stream',
    family: 'redis',
    hold: [0, 0],
    strike: async ({ world, random }) => {
      await world.redis.del(KEYS.stream(random.pick(DIRECTIONS)));
      return nothing;
    },
  },
  {
    kind: 'redis-group-destroy',
    family: 'redis',
    hold: [0, 0],
    strike: async ({ world, random }) => {
      await world.redis.xgroup('DESTROY', KEYS.stream(random.pick(DIRECTIONS)), SYNC_GROUP).catch(() => 0);
      return nothing;
    },
  },
  {
    kind: 'redis-trim',
    family: 'redis',
    hold: [0, 0],
    strike: async ({ world, random }) => {
      await world.redis.xtrim(KEYS.stream(random.pick(DIRECTIONS)), 'MAXLEN', '=', 0);
      return nothing;
    },
  },
  { kind: 'redis-failover', family: 'redis', hold: [0, 1_500], strike: failOver },
  {
    kind: 'redis-oom',
    family: 'redis',
    hold: [1_000, 4_000],
    strike: async ({ world }) => {
      await world.redis.config('SET', 'maxmemory', '1mb');
      return async () => void (await world.redis.config('SET', 'maxmemory', '0'));
    },
  },
  {
    kind: 'redis-slow',
    family: 'redis',
    hold: [0, 0],
    strike: async ({ world, random }) => {
      for (let pause = 0; pause < 6; pause++) {
        await world.redis.call('DEBUG', 'SLEEP', String(0.1 + random.next() * 0.5)).catch(() => undefined);
        await sleep(100);
      }
      return nothing;
    },
  },
];

/** What Redis alone knew at that very moment is lost: exactly the records in flight to Mongo. */
async function flushAll({ world, losses, now }: FaultContext): Promise<Heal> {
  // One script: nothing can come in between. (A flat list, whatever the client makes of maps.)
  const script = "local rows = redis.call('HGETALL', KEYS[1]) redis.call('FLUSHALL') return rows";
  const rows = (await world.redis.eval(script, 1, KEYS.inFlight('redis-to-mongo'))) as string[];
  const inFlight: Record<string, string> = {};
  for (let at = 0; at + 1 < rows.length; at += 2) inFlight[rows[at] ?? ''] = rows[at + 1] ?? '';
  losses.flushed(now(), inFlight);
  return nothing;
}

/** The replica is some 100 ms behind when the primary dies, as replicas are under load. */
async function failOver({ world, losses, now, random }: FaultContext): Promise<Heal> {
  const lagMs = 100 + random.below(900);
  world.redisPair.lag(lagMs);
  await sleep(lagMs + 500);
  const killedAt = now();
  await world.redisPair.failOver();
  losses.failedOver({ from: killedAt - lagMs - FAIL_OVER_SLACK_MS, to: now() });
  return async () => {
    world.repoint();
    await world.redisPair.rebuild();
  };
}
