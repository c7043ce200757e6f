import { tombstoneTtlMs } from '@redis-mongo-sync/service-kit';
import { USERS } from '@redis-mongo-sync/sync-core';
import type { SyncModuleOptions } from '@redis-mongo-sync/sync-engine/nest';
import type { SyncServiceConfig } from './sync-service.config.js';

/** What this service syncs, and where. */
export function syncOptions(config: SyncServiceConfig): SyncModuleOptions {
  const { mongo, redis, batchSize, maxStreamLength, maxSkewMs, historyDays, reconcileSample } = config;
  return {
    mongo,
    redis: redis.url,
    entities: [USERS],
    batchSize,
    maxStreamLength,
    maxSkewMs,
    tombstoneTtlMs: tombstoneTtlMs(config.tombstones),
    historyDays,
    reconcileEveryMs: config.reconcileEveryMinutes * 60_000,
    reconcileSample,
    stopDeadlineMs: config.shutdownDeadlineMs / 2,
  };
}
