import { StoreRecords, usersOf } from '@redis-mongo-sync/records-http';
import { tombstoneTtlMs } from '@redis-mongo-sync/service-kit';
import { MongoRecordStore } from '@redis-mongo-sync/sync-adapters';
import type { Provider } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import { MongoClient } from 'mongodb';
import type { Connection } from 'mongoose';
import { Outbox } from '../outbox/outbox.js';
import type { UserServiceConfig } from '../user-service.config.js';
import { MongoLifecycle } from './mongo-lifecycle.js';

/** The records keep to the driver: what is in them is for their writers to say. */
export function mongoProviders({ mongo: { database }, tombstones, users }: UserServiceConfig): Provider[] {
  const entity = usersOf(users);
  return [
    {
      provide: MongoClient,
      useFactory: (connection: Connection) => connection.getClient(),
      inject: [getConnectionToken()],
    },
    {
      provide: MongoLifecycle,
      useFactory: (client: MongoClient, outbox: Outbox) => new MongoLifecycle(client, database, outbox),
      inject: [MongoClient, Outbox],
    },
    {
      provide: StoreRecords,
      useFactory: (client: MongoClient) =>
        new StoreRecords({
          entity,
          store: new MongoRecordStore({
            client,
            db: client.db(database),
            entity,
            tombstoneTtlMs: tombstoneTtlMs(tombstones),
          }),
          basePath: '/users',
        }),
      inject: [MongoClient],
    },
  ];
}
