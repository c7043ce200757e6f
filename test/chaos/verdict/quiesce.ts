import { setTimeout as sleep } from 'node:timers/promises';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { USERS } from '@redis-mongo-sync/sync-core';
import type { ChaosWorld } from '../world/chaos-world.js';
import { unrest } from '../world/sync-status.js';
import { differences, readMongo, readRedis, type Finals } from './stores.js';

export interface Rest {
  readonly mongo: Finals;
  readonly redis: Finals;
  /** ms until nothing was under way and both stores were equal, or until the deadline. */
  readonly tookMs: number;
  /** Why there was no rest within the deadline. */
  readonly unrest?: string;
}

const BARRIER = 'barrier@chaos.example';

/**
 * Waits until nothing is under way. A last write into Mongo that has reached Redis has all earlier changes of Mongo
 * before it; after that the ledger says when the rest is done.
 */
export async function quiesce(world: ChaosWorld, deadlineMs: number): Promise<Rest> {
  const startedAt = performance.now();
  const took = () => Math.round(performance.now() - startedAt);
  let reason: string | undefined;
  let calm = 0;
  while (took() < deadlineMs) {
    await world.supervise();
    reason = await hindrance(world, calm).catch((error: unknown) => String(error));
    calm = reason === undefined ? calm + 1 : 0;
    if (calm === 3) {
      const stores = { mongo: await readMongo(world), redis: await readRedis(world) };
      const unequal = differences(stores.mongo, stores.redis).length;
      if (unequal === 0) return { ...stores, tookMs: took() };
      reason = `${unequal} records differ`;
      calm = 0;
    }
    await sleep(300);
  }
  const stores = { mongo: await readMongo(world), redis: await readRedis(world) };
  return { ...stores, tookMs: took(), unrest: reason ?? 'unknown' };
}

async function hindrance(world: ChaosWorld, calm: number): Promise<string | undefined> {
  if (calm === 0) {
    const mark = `b${Date.now()}`;
    await world.users.updateOne({ email: BARRIER }, { $set: { name: 'Barrier', mark } }, { upsert: true });
    for (let look = 0; ; look++) {
      const text = (await world.redis.get(KEYS.record(USERS, BARRIER))) ?? '';
      if (text.includes(mark)) break;
      if (look === 100) return 'a write into Mongo does not arrive in Redis';
      await sleep(100);
    }
  }
  return unrest(world);
}
