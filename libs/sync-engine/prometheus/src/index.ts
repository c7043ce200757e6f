/** The figures of the sync for Prometheus: `@redis-mongo-sync/sync-engine/prometheus`. Needs prom-client. */
export { PrometheusMetrics } from './prometheus-metrics.js';
