import { recordProblem } from '@redis-mongo-sync/records-http';
import { serveDocument } from '@redis-mongo-sync/service-kit';
import { SyncStatus } from '@redis-mongo-sync/sync-engine';
import { SyncModule } from '@redis-mongo-sync/sync-engine/nest';
import { PrometheusMetrics } from '@redis-mongo-sync/sync-engine/prometheus';
import { Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { syncServiceDocument } from './docs/open-api.js';
import { HealthController } from './health/health.controller.js';
import { HistoryController } from './history/history.controller.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { serviceMetrics } from './metrics/service-metrics.js';
import { ReconcileController } from './reconcile/reconcile.controller.js';
import { UnsyncableController } from './unsyncable/unsyncable.controller.js';
import { syncOptions } from './sync-options.js';
import type { SyncServiceConfig } from './sync-service.config.js';

@Module({})
export class SyncServiceModule {
  static readonly problems = [recordProblem];

  static with(config: SyncServiceConfig): DynamicModule {
    return {
      module: SyncServiceModule,
      imports: [TerminusModule.forRoot({ logger: false }), SyncModule.forRoot(syncOptions(config))],
      controllers: [
        HealthController,
        MetricsController,
        DeadLettersController,
        HistoryController,
        ReconcileController,
        UnsyncableController,
      ],
      providers: [{ provide: PrometheusMetrics, useFactory: serviceMetrics, inject: [SyncStatus] }],
    };
  }

  static prepare(app: NestFastifyApplication, { apiDocs }: SyncServiceConfig): void {
    if (apiDocs) serveDocument(app, () => syncServiceDocument(app));
  }
}
