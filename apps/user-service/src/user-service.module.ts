import { recordProblem } from '@redis-mongo-sync/records-http';
import { serveDocument } from '@redis-mongo-sync/service-kit';
import { Module, type DynamicModule } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import { userServiceDocument } from './docs/open-api.js';
import { HealthController } from './health/health.controller.js';
import { mongoConnection } from './mongo/mongo-connection.js';
import { mongoProviders } from './mongo/mongo.providers.js';
import { OutboxEvent, OutboxEventSchema } from './outbox/outbox-event.js';
import { outboxProviders } from './outbox/outbox.providers.js';
import type { UserServiceConfig } from './user-service.config.js';
import { UsersByIdController } from './users-by-id/users-by-id.controller.js';
import { UsersController } from './users/users.controller.js';

/** The one write path to the users in MongoDB. */
@Module({})
export class UserServiceModule {
  static readonly problems = [recordProblem];

  static with(config: UserServiceConfig): DynamicModule {
    return {
      module: UserServiceModule,
      imports: [
        mongoConnection(config.mongo),
        MongooseModule.forFeature([{ name: OutboxEvent.name, schema: OutboxEventSchema }]),
        TerminusModule.forRoot({ errorLogStyle: 'json', logger: false }),
      ],
      controllers: [HealthController, UsersController, UsersByIdController],
      providers: [...mongoProviders(config), ...outboxProviders(config)],
    };
  }

  static prepare(app: NestFastifyApplication, { apiDocs }: UserServiceConfig): void {
    if (apiDocs) serveDocument(app, () => userServiceDocument(app));
  }
}
