import { DIRECTIONS } from '@redis-mongo-sync/sync-core';
import { payloadOfDoc } from '../stores/doc.js';
import type { SimMongo } from '../stores/sim-mongo.js';
import type { SimRedis } from '../stores/sim-redis.js';
import type { SimStream } from '../stores/sim-stream.js';

/** Whether everything that was captured is settled, and everything that changed is captured. */
export function isQuiet(redis: SimRedis, mongo: SimMongo): boolean {
  if (redis.position !== JSON.stringify({ feed: String(mongo.oplog.length) })) return false;
  const { 'redis-to-mongo': redisChanges } = redis.streams;
  if ([...redis.doubts.keys()].some((key) => !isDead(redisChanges, key))) return false;
  return DIRECTIONS.every((direction) => {
    const stream = redis.streams[direction];
    const { pending, unread, missing } = stream;
    return pending + unread + restlessIn(stream) === 0 && missing === 0;
  });
}

/** How many records are in flight, but for those that wait for a person. */
function restlessIn(stream: SimStream): number {
  return [...stream.inFlight.keys()].filter((key) => !isDead(stream, key)).length;
}

/** Whether what is in flight of the record is a dead letter. */
function isDead({ inFlight, deadLetters }: SimStream, key: string): boolean {
  return deadLetters.some(
    (letter) => letter.key === key && letter.version >= (inFlight.get(key) ?? Infinity),
  );
}

/** Why a run does not come to rest. */
export function unrest(redis: SimRedis, mongo: SimMongo): string {
  const lanes = DIRECTIONS.map((direction) => {
    const { pending, unread, missing, inFlight } = redis.streams[direction];
    return `${direction} has ${pending} pending, ${unread} unread, ${missing} missing, ${inFlight.size} in flight`;
  });
  return `never comes to rest: position ${redis.position} of ${mongo.oplog.length}; ${lanes.join('; ')}; ${redis.doubts.size} doubts`;
}

/** What is different between the stores, or unfinished, at rest. */
export function difference(redis: SimRedis, mongo: SimMongo): string | null {
  const keys = [...mongo.docs.values()].flatMap(({ key }) => key ?? []);
  for (const key of new Set([...keys, ...redis.held.keys()])) {
    const doc = mongo.at(key);
    // What outsiders put into Redis where no record is: neither the index nor Mongo names it.
    if (!doc && !redis.index.has(key)) continue;
    const held = redis.held.get(key);
    const inMongo = payloadOfDoc(mongo.entity, doc);
    const inRedis = held?.payload ?? null;
    if (inMongo !== inRedis) return `${key} is ${inMongo} in Mongo, ${inRedis} in Redis`;
    if (inMongo !== null && doc?.version !== held?.version)
      return `${key} has version ${doc?.version} in Mongo, ${held?.version} in Redis`;
  }
  return unlisted(mongo);
}

/** Documents that are not synced are on the list, and no others. */
function unlisted(mongo: SimMongo): string | null {
  for (const { id, key } of mongo.docs.values()) {
    if ((key === null) !== mongo.unsyncable.has(id))
      return `${id} is ${key === null ? 'not synced, and not' : 'synced, and still'} on the list`;
  }
  const gone = [...mongo.unsyncable.keys()].find((id) => !mongo.docs.has(id));
  return gone === undefined ? null : `${gone} is gone, and still on the list`;
}
