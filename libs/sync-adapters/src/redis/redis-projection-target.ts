import {
  type ChangeDelivery,
  type EntityDefinition,
  type ProjectionResult,
  type ProjectionTarget,
  type SettledDelivery,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { KEYS, SYNC_GROUP } from './keys.js';
import { withRedisErrors } from './redis-errors.js';
import { SCRIPTS } from './scripts.js';
import { StreamSettler } from './stream-settler.js';

/** Applies changes from Mongo with `apply-batch.lua`: compare, write and settle in one atomic step. */
export class RedisProjectionTarget implements ProjectionTarget {
  private readonly settler: StreamSettler;

  constructor(
    private readonly redis: Redis,
    private readonly tombstoneTtlMs = DEFAULT_TOMBSTONE_TTL_MS,
  ) {
    this.settler = new StreamSettler(redis, 'mongo-to-redis');
  }

  async apply(
    entity: EntityDefinition,
    deliveries: readonly ChangeDelivery[],
    mode: 'compare' | 'merge' = 'compare',
  ): Promise<readonly ProjectionResult[]> {
    const keys = [
      KEYS.stream('mongo-to-redis'),
      KEYS.processed,
      KEYS.processedPrevious,
      KEYS.inFlight('mongo-to-redis'),
      KEYS.ledger('mongo-to-redis'),
      KEYS.inFlight('redis-to-mongo'),
      KEYS.index(entity),
      KEYS.doubts,
    ];
    const args = [SYNC_GROUP, entity.name, String(this.tombstoneTtlMs), String(entity.ttlSeconds ?? 0), mode];
    for (const { entryId, event } of deliveries) {
      const { key, op, version, source, payload, eventId } = event;
      keys.push(KEYS.record(entity, key), KEYS.tombstone(entity, key));
      args.push(entryId, key, op, String(version), source, payload ?? '', eventId);
    }
    return withRedisErrors(() => SCRIPTS.applyBatch.run(this.redis, keys, args));
  }

  settle(settlements: readonly SettledDelivery[]): Promise<void> {
    return this.settler.settle(settlements);
  }

  async reEmitAnew(entity: EntityDefinition, key: string, version: number): Promise<void> {
    const args = [entity.name, key, String(version), String(this.tombstoneTtlMs)];
    await withRedisErrors(() => SCRIPTS.reEmitAnew.run(this.redis, emitterKeys(entity, key), args));
  }

  async reEmit(entity: EntityDefinition, key: string): Promise<void> {
    await withRedisErrors(() => SCRIPTS.reEmit.run(this.redis, emitterKeys(entity, key), [entity.name, key]));
  }
}

/** The keys of the scripts that append to `redis_changes`. */
function emitterKeys(entity: EntityDefinition, key: string): string[] {
  return [
    KEYS.record(entity, key),
    KEYS.tombstone(entity, key),
    KEYS.stream('redis-to-mongo'),
    KEYS.inFlight('redis-to-mongo'),
    KEYS.ledger('redis-to-mongo'),
  ];
}
