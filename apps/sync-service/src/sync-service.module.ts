import { recordProblem } from '@redis-mongo-sync/records-http';
import { serveDocument } from '@redis-mongo-sync/service-kit';
import { Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import { ReconcileController } from './reconcile/reconcile.controller.js';
import { syncServiceDocument } from './docs/open-api.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { HealthController } from './health/health.controller.js';
import { SyncHealth } from './health/sync-health.js';
import { HistoryController } from './history/history.controller.js';
import { MetricsController } from './metrics/metrics.controller.js';
import type { SyncServiceConfig } from './sync-service.config.js';
import { syncProviders } from './sync.providers.js';

@Module({})
export class SyncServiceModule {
  static readonly problems = [recordProblem];

  static with(config: SyncServiceConfig): DynamicModule {
    return {
      module: SyncServiceModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [
        HealthController,
        MetricsController,
        DeadLettersController,
        HistoryController,
        ReconcileController,
      ],
      providers: [...syncProviders(config), SyncHealth],
    };
  }

  static prepare(app: NestFastifyApplication, { apiDocs }: SyncServiceConfig): void {
    if (apiDocs) serveDocument(app, () => syncServiceDocument(app));
  }
}
