import { recordProblem } from '@redis-mongo-sync/records-http';
import { Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import { ApiUsersController } from './api-users/api-users.controller.js';
import { serveApiDocs } from './docs/open-api.js';
import { forwardEvents } from './events/forward-events.js';
import { MetricsController } from './events/metrics.controller.js';
import type { GatewayConfig } from './gateway.config.js';
import { gatewayProviders } from './gateway.providers.js';
import { HealthController } from './health/health.controller.js';
import { LandingController } from './landing/landing.controller.js';
import { MongoFirstController } from './mongo-first/mongo-first.controller.js';
import { RedisFirstController } from './redis-first/redis-first.controller.js';

/** The way in: HTTP for both sides. */
@Module({})
export class GatewayModule {
  static readonly problems = [recordProblem];

  static with(config: GatewayConfig): DynamicModule {
    return {
      module: GatewayModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [
        LandingController,
        HealthController,
        MetricsController,
        MongoFirstController,
        RedisFirstController,
        ApiUsersController,
      ],
      providers: gatewayProviders(config),
    };
  }

  static prepare(app: NestFastifyApplication, { apiDocs }: GatewayConfig): void {
    forwardEvents(app);
    if (apiDocs) serveApiDocs(app);
  }
}
