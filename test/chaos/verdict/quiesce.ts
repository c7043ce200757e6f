import { setTimeout as sleep } from 'node:timers/promises';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { USERS } from '@redis-mongo-sync/sync-core';
import { leavesNoTrace } from '../load/operation.js';
import type { ChaosWorld } from '../world/chaos-world.js';
import { listedUnsyncable, unrest } from '../world/sync-status.js';
import { unlisted } from './outsiders.js';
import { differences, readMongo, readRedis, type Finals, type MongoFinals } from './stores.js';

export interface Standing {
  readonly mongo: MongoFinals;
  readonly redis: Finals;
  /** Ids of documents that the sync lists as not synced. */
  readonly listed: ReadonlySet<string>;
}

export interface Rest extends Standing {
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
      const standing = await look(world);
      reason = inequality(world, standing);
      if (reason === undefined) return { ...standing, tookMs: took() };
      calm = 0;
    }
    await sleep(300);
  }
  return { ...(await look(world)), tookMs: took(), unrest: reason ?? 'unknown' };
}

async function look(world: ChaosWorld): Promise<Standing> {
  const listed = (await listedUnsyncable(world)) ?? new Set<string>();
  return { mongo: await readMongo(world), redis: await readRedis(world), listed };
}

function inequality({ preImages }: ChaosWorld, { mongo, redis, listed }: Standing): string | undefined {
  const unequal = differences(mongo.records, redis).filter((key) => preImages || !leavesNoTrace(key)).length;
  if (unequal > 0) return `${unequal} records differ`;
  const astray = unlisted(mongo, listed).length;
  return astray > 0
    ? `${astray} documents are not on the list of those that are not synced, or wrongly so`
    : undefined;
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
