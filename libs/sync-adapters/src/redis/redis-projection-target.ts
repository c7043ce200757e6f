import {
  type ChangeDelivery,
  type EntityDefinition,
  type ProjectionResult,
  type ProjectionTarget,
  type SettledDelivery,
  type TieWrite,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { KEYS, SYNC_GROUP } from './keys.js';
import { withRedisErrors } from './redis-errors.js';
import type { ForeignContent } from './replies/foreign.reply.js';
import { SCRIPTS } from './scripts.js';
import { StreamSettler } from './stream-settler.js';

/** Hears of what other programs had put in the places of records, each time that some of it was written over. */
export type OnForeign = (found: readonly ForeignContent[]) => void;

/** Applies changes from Mongo with `apply-batch.lua`: compare, write and settle in one atomic step. */
export class RedisProjectionTarget implements ProjectionTarget {
  private readonly settler: StreamSettler;

  constructor(
    private readonly redis: Redis,
    private readonly tombstoneTtlMs = DEFAULT_TOMBSTONE_TTL_MS,
    private readonly onForeign: OnForeign = () => undefined,
  ) {
    this.settler = new StreamSettler(redis, 'mongo-to-redis');
  }

  apply(
    entity: EntityDefinition,
    deliveries: readonly ChangeDelivery[],
  ): Promise<readonly ProjectionResult[]> {
    return this.run(entity, 'compare', deliveries, () => []);
  }

  applyOver(entity: EntityDefinition, writes: readonly TieWrite[]): Promise<readonly ProjectionResult[]> {
    return this.run(entity, 'over', writes, ({ over }) => [over]);
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

  private async run<T extends ChangeDelivery>(
    entity: EntityDefinition,
    mode: 'compare' | 'over',
    deliveries: readonly T[],
    more: (delivery: T) => readonly string[],
  ): Promise<readonly ProjectionResult[]> {
    const keys = bookKeys(entity);
    const args = [SYNC_GROUP, entity.name, String(this.tombstoneTtlMs), String(entity.ttlSeconds ?? 0), mode];
    for (const delivery of deliveries) {
      const { key, op, version, source, payload, eventId } = delivery.event;
      keys.push(KEYS.record(entity, key), KEYS.tombstone(entity, key));
      args.push(
        delivery.entryId,
        key,
        op,
        String(version),
        source,
        payload ?? '',
        eventId,
        ...more(delivery),
      );
    }
    const { results, foreign } = await withRedisErrors(() => SCRIPTS.applyBatch.run(this.redis, keys, args));
    if (foreign.length > 0) this.onForeign(foreign);
    return results;
  }
}

/** The keys of apply-batch.lua before those of the records. */
function bookKeys(entity: EntityDefinition): string[] {
  return [
    KEYS.stream('mongo-to-redis'),
    KEYS.processed,
    KEYS.processedPrevious,
    KEYS.inFlight('mongo-to-redis'),
    KEYS.ledger('mongo-to-redis'),
    KEYS.inFlight('redis-to-mongo'),
    KEYS.index(entity),
    KEYS.doubts,
  ];
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
