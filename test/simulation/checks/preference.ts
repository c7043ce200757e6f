import type { ConflictPolicy } from '@redis-mongo-sync/sync-core';
import type { SimMongo } from '../stores/sim-mongo.js';

/** A write of the preferred side that lost against a concurrent one of the other, or null. */
export function slighted(mongo: SimMongo): string | null {
  const preferred = PREFERRED[mongo.entity.conflict ?? 'last-write-wins'];
  for (const { key, loser, winner } of preferred ? mongo.conflicts.values() : []) {
    if (loser.source === preferred && winner.source !== preferred)
      return `I23: ${key} at ${loser.version}, of the preferred ${preferred}, lost against ${winner.version}`;
  }
  return null;
}

const PREFERRED: Partial<Record<ConflictPolicy, 'mongo' | 'redis'>> = {
  'prefer-mongo': 'mongo',
  'prefer-redis': 'redis',
};
