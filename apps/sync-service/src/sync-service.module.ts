import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { HealthController } from './health/health.controller.js';
import { SyncHealth } from './health/sync-health.js';
import { MetricsController } from './metrics/metrics.controller.js';
import type { SyncServiceConfig } from './sync-service.config.js';
import { syncProviders } from './sync.providers.js';

@Module({})
export class SyncServiceModule {
  static with(config: SyncServiceConfig): DynamicModule {
    return {
      module: SyncServiceModule,
      imports: [TerminusModule],
      controllers: [HealthController, MetricsController, DeadLettersController],
      providers: [...syncProviders(config), SyncHealth],
    };
  }
}
