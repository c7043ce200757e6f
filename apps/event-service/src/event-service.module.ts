import { recordProblem } from '@redis-mongo-sync/records-http';
import { serveDocument } from '@redis-mongo-sync/service-kit';
import { Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import { AuditController } from './audit/audit.controller.js';
import { EventDeadLettersController } from './dead-letters/event-dead-letters.controller.js';
import { eventServiceDocument } from './docs/open-api.js';
import type { EventServiceConfig } from './event-service.config.js';
import { eventServiceProviders } from './event-service.providers.js';
import { HealthController } from './health/health.controller.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { PublishController } from './publish/publish.controller.js';
import { StatsController } from './stats/stats.controller.js';
import { TasksController } from './tasks/tasks.controller.js';

/** Events: publishing, processing, and the audit log. */
@Module({})
export class EventServiceModule {
  static readonly problems = [recordProblem];

  static with(config: EventServiceConfig): DynamicModule {
    return {
      module: EventServiceModule,
      imports: [TerminusModule.forRoot({ errorLogStyle: 'json', logger: false })],
      controllers: [
        HealthController,
        PublishController,
        TasksController,
        AuditController,
        StatsController,
        EventDeadLettersController,
        MetricsController,
      ],
      providers: eventServiceProviders(config),
    };
  }

  static prepare(app: NestFastifyApplication, { apiDocs }: EventServiceConfig): void {
    if (apiDocs) serveDocument(app, () => eventServiceDocument(app));
  }
}
