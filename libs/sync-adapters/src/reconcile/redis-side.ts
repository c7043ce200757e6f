import { createHash } from 'node:crypto';
import {
  formatRecord,
  type Bucket,
  type ChangeEvent,
  type Depth,
  type EntityDefinition,
  type KeyRange,
  type RedisHolding,
  type RedisSide,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { inFlightField, KEYS } from '../redis/keys.js';
import { withRedisErrors } from '../redis/redis-errors.js';
import { SCRIPTS } from '../redis/scripts.js';

/** Records per script call, so that none holds Redis for long. */
const CHUNK = 500;

/** Redis as one side of a comparison: digests and stamps are computed in Redis, contents stay there. */
export class RedisComparisonSide implements RedisSide {
  constructor(private readonly redis: Redis) {}

  async bucket(
    entity: EntityDefinition,
    range: KeyRange,
    { limit, depth }: { readonly limit: number; readonly depth: Depth },
  ): Promise<Bucket> {
    const [before, behind] = nameParts(entity);
    const args = [...boundsOf(range), String(limit), depth, before, behind];
    return withRedisErrors(() => SCRIPTS.digestBucket.run(this.redis, [KEYS.index(entity)], args));
  }

  keys(entity: EntityDefinition, range: KeyRange, limit: number): Promise<readonly string[]> {
    const [from, to] = boundsOf(range);
    return withRedisErrors(() => this.redis.zrange(KEYS.index(entity), from, to, 'BYLEX', 'LIMIT', 0, limit));
  }

  async holdings(
    entity: EntityDefinition,
    keys: readonly string[],
    depth: Depth,
  ): Promise<readonly RedisHolding[]> {
    const holdings: RedisHolding[] = [];
    for (let from = 0; from < keys.length; from += CHUNK) {
      holdings.push(...(await this.holdingsOf(entity, keys.slice(from, from + CHUNK), depth)));
    }
    return holdings;
  }

  randomKeys(entity: EntityDefinition, count: number): Promise<readonly string[]> {
    if (count === 0) return Promise.resolve([]);
    return withRedisErrors(() => this.redis.zrandmember(KEYS.index(entity), count));
  }

  async mendIndex(entity: EntityDefinition, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const names = [KEYS.index(entity), ...keys.map((key) => KEYS.record(entity, key))];
    await withRedisErrors(() => SCRIPTS.mendIndex.run(this.redis, names, keys));
  }

  digestOf(event: ChangeEvent, depth: Depth): string {
    return sha1(`${event.key}\n${depth === 'versions' ? String(event.version) : formatRecord(event)}`);
  }

  digestOfAll(digests: readonly string[]): string {
    return sha1(digests.join(''));
  }

  private async holdingsOf(
    entity: EntityDefinition,
    keys: readonly string[],
    depth: Depth,
  ): Promise<readonly RedisHolding[]> {
    const names = [KEYS.index(entity), KEYS.inFlight('mongo-to-redis'), KEYS.inFlight('redis-to-mongo')];
    const args: string[] = [depth];
    for (const key of keys) {
      names.push(KEYS.record(entity, key), KEYS.tombstone(entity, key));
      args.push(key, inFlightField(entity.name, key));
    }
    return withRedisErrors(() => SCRIPTS.readHoldings.run(this.redis, names, args));
  }
}

function boundsOf({ after, upTo }: KeyRange): [from: string, to: string] {
  return [after === null ? '-' : `(${after}`, upTo === null ? '+' : `[${upTo}`];
}

/** What stands before and behind the record key in the name of a record. */
function nameParts(entity: EntityDefinition): [before: string, behind: string] {
  const [before = '', behind = ''] = entity.keyTemplate.split('{key}');
  return [before, behind];
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
