import { connect } from '@redis-mongo-sync/redis-streams';
import { usersOf } from '@redis-mongo-sync/records-http';
import { tombstoneTtlMs } from '@redis-mongo-sync/service-kit';
import { MongoRecordsById } from '@redis-mongo-sync/sync-adapters';
import { Logger, type Provider } from '@nestjs/common';
import { MongoClient } from 'mongodb';
import { MongoLifecycle } from '../mongo/mongo-lifecycle.js';
import type { UserServiceConfig } from '../user-service.config.js';
import { AnnouncedUsers } from '../users-by-id/announced-users.js';
import { USERS_BY_ID_PATH } from '../users-by-id/users-by-id.controller.js';
import { EventPublisher } from './event-publisher.js';
import { OutboxLifecycle } from './outbox-lifecycle.js';
import { OutboxRelay, type RelayState } from './outbox-relay.js';
import { Outbox } from './outbox.js';

/** Builds what announces writes: the users by id, the outbox that they fill, and the relay that empties it. */
export function outboxProviders(config: UserServiceConfig): Provider[] {
  const { database } = config.mongo;
  return [
    Outbox,
    {
      provide: EventPublisher,
      useFactory: () =>
        new EventPublisher(connect({ url: config.redis.url, profile: 'commands', name: 'user-service' })),
    },
    {
      provide: OutboxRelay,
      useFactory: (outbox: Outbox, publisher: EventPublisher, mongo: MongoLifecycle) =>
        new OutboxRelay({
          outbox,
          prepared: () => mongo.prepared(),
          publish: (events) => publisher.publish(events),
          onChange: teller(),
        }),
      inject: [Outbox, EventPublisher, MongoLifecycle],
    },
    {
      provide: OutboxLifecycle,
      useFactory: (relay: OutboxRelay, publisher: EventPublisher) => new OutboxLifecycle(relay, publisher),
      inject: [OutboxRelay, EventPublisher],
    },
    {
      provide: AnnouncedUsers,
      useFactory: (client: MongoClient, outbox: Outbox, relay: OutboxRelay) =>
        new AnnouncedUsers({
          store: new MongoRecordsById({
            client,
            db: client.db(database),
            entity: usersOf(config.users),
            tombstoneTtlMs: tombstoneTtlMs(config.tombstones),
          }),
          outbox,
          kick: () => relay.kick(),
          basePath: `/${USERS_BY_ID_PATH}`,
        }),
      inject: [MongoClient, Outbox, OutboxRelay],
    },
  ];
}

function teller(): (state: RelayState, error?: unknown) => void {
  const logger = new Logger('Outbox');
  return (state, error) => {
    if (state === 'waiting') logger.warn(`events of users wait in the outbox, trying on: ${String(error)}`);
    else logger.log('events of users are published again');
  };
}
