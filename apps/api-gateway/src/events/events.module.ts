import { Module, type DynamicModule } from '@nestjs/common';
import type { GatewayConfig } from '../gateway.config.js';
import { AuditController } from './audit/audit.controller.js';
import { EventDeadLettersController } from './dead-letters/event-dead-letters.controller.js';
import { EventsController } from './events.controller.js';
import { eventsProviders } from './events.providers.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { EventHealth } from './stats/event-health.js';
import { StatsController } from './stats/stats.controller.js';
import { TasksController } from './tasks/tasks.controller.js';

/** The event API: publishing, processing, and the audit log. */
@Module({})
export class EventsModule {
  static with(config: GatewayConfig): DynamicModule {
    return {
      module: EventsModule,
      controllers: [
        EventsController,
        TasksController,
        AuditController,
        StatsController,
        EventDeadLettersController,
        MetricsController,
      ],
      providers: eventsProviders(config),
      exports: [EventHealth],
    };
  }
}
