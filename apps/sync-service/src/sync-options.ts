import { tombstoneTtlMs } from '@redis-mongo-sync/service-kit';
import type { SyncModuleOptions } from '@redis-mongo-sync/sync-engine/nest';
import { entitiesOf } from './entities.js';
import type { SyncServiceConfig } from './sync-service.config.js';

/** What this service syncs, and where. */
export function syncOptions(config: SyncServiceConfig): SyncModuleOptions {
  const { mongo, redis, batchSize, maxStreamLength, maxSkewMs, historyDays, reconcileSample } = config;
  return {
    mongo,
    redis: redis.url,
    entities: entitiesOf(config),
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
