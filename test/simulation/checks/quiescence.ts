import { DIRECTIONS } from '@redis-mongo-sync/sync-core';
import { payloadOfDoc, type SimMongo } from '../stores/sim-mongo.js';
import type { SimRedis } from '../stores/sim-redis.js';

/** Whether everything that was captured is settled, and everything that changed is captured. */
export function isQuiet(redis: SimRedis, mongo: SimMongo): boolean {
  if (redis.position !== JSON.stringify({ feed: String(mongo.oplog.length) })) return false;
  if (redis.doubts.size > 0) return false;
  return DIRECTIONS.every((direction) => {
    const { pending, unread, missing, inFlight } = redis.streams[direction];
    return pending + unread + inFlight.size === 0 && missing === 0;
  });
}

/** Why a run does not come to rest. */
export function unrest(redis: SimRedis, mongo: SimMongo): string {
  const lanes = DIRECTIONS.map((direction) => {
    const { pending, unread, missing, inFlight } = redis.streams[direction];
    return `${direction} has ${pending} pending, ${unread} unread, ${missing} missing, ${inFlight.size} in flight`;
  });
  return `I9: never comes to rest: position ${redis.position} of ${mongo.oplog.length}; ${lanes.join('; ')}; ${redis.doubts.size} doubts`;
}

/** What is different between the stores, or unfinished, at rest. */
export function difference(redis: SimRedis, mongo: SimMongo): string | null {
  for (const key of new Set([...mongo.byKey.keys(), ...redis.held.keys()])) {
    const doc = mongo.byKey.get(key);
    const held = redis.held.get(key);
    const inMongo = payloadOfDoc(doc);
    const inRedis = held?.payload ?? null;
    if (inMongo !== inRedis) return `I9: ${key} is ${inMongo} in Mongo, ${inRedis} in Redis`;
    if (inMongo !== null && doc?.version !== held?.version)
      return `I9: ${key} has version ${doc?.version} in Mongo, ${held?.version} in Redis`;
  }
  return null;
}
