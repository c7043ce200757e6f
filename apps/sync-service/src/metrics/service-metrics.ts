import type { SyncStatus } from '@redis-mongo-sync/sync-engine';
import { PrometheusMetrics } from '@redis-mongo-sync/sync-engine/prometheus';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** The figures of the sync, beside the process's own. */
export function serviceMetrics(status: SyncStatus): PrometheusMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return new PrometheusMetrics(status, registry);
}
