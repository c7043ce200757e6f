import {
  isSource,
  type Delivery,
  type EntityDefinition,
  type ProjectionResult,
  type ProjectionTarget,
  type Settlement,
  type Source,
  type Stamp,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { KEYS, SYNC_GROUP } from './keys.js';
import { contentOf } from './projection-text.js';
import { withRedisErrors } from './redis-errors.js';
import { SCRIPTS } from './scripts.js';
import { StreamSettler } from './stream-settler.js';

/** One change's row in the script's reply. */
type Row = [verdict: 'apply' | 'echo' | 'duplicate' | 'stale' | 'merge', settled: 0 | 1, stored: string];

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
    deliveries: readonly Delivery[],
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
    const rows = await withRedisErrors(() => SCRIPTS.applyBatch.run(this.redis, keys, args));
    return (rows as Row[]).map(resultOf);
  }

  settle(settlements: readonly Settlement[]): Promise<void> {
    return this.settler.settle(settlements);
  }

  async reissue(entity: EntityDefinition, key: string, version: number): Promise<void> {
    const args = [entity.name, key, String(version), String(this.tombstoneTtlMs)];
    await withRedisErrors(() => SCRIPTS.reissueRecord.run(this.redis, emitterKeys(entity, key), args));
  }

  async resend(entity: EntityDefinition, key: string): Promise<void> {
    await withRedisErrors(() =>
      SCRIPTS.resendRecord.run(this.redis, emitterKeys(entity, key), [entity.name, key]),
    );
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

function resultOf([verdict, settled, stored]: Row): ProjectionResult {
  switch (verdict) {
    case 'apply':
      return { verdict, settled: true, before: stampOf(stored) };
    case 'echo':
    case 'duplicate':
      return { verdict, settled: true };
    case 'stale':
      return { verdict, settled: settled === 1, winner: stampOf(stored) ?? { version: 0, source: 'redis' } };
    case 'merge':
      return { verdict, settled: false, stored: contentOf(stored), source: sourceOf(stored) };
  }
}

/** `<version> <source>`, or empty when Redis held nothing with a stamp. */
function stampOf(text: string): Stamp | null {
  const [version, source] = text.split(' ');
  return version && isSource(source) ? { version: Number(version), source } : null;
}

/** Who wrote what Redis holds. Only a text with a stamp can have an incoming version. */
function sourceOf(text: string): Source {
  const [, source] = /^\{"version":\d+,"source":"([a-z]+)"/.exec(text) ?? [];
  return isSource(source) ? source : 'redis';
}
