import { StoreUsers, tombstoneTtlMs, type MongoSettings } from '@redis-mongo-sync/service-kit';
import { MongoRecordStore } from '@redis-mongo-sync/sync-adapters';
import { USERS } from '@redis-mongo-sync/sync-core';
import type { DynamicModule, Provider } from '@nestjs/common';
import { getConnectionToken, MongooseModule } from '@nestjs/mongoose';
import { MongoClient } from 'mongodb';
import type { Connection } from 'mongoose';
import { Outbox } from '../outbox/outbox.js';
import type { UserServiceConfig } from '../user-service.config.js';
import { MongoLifecycle } from './mongo-lifecycle.js';

/** Connections that a burst of requests opened are closed again. */
const IDLE_CONNECTION_MS = 30_000;

/**
 * The connection, made in the background: the service starts while MongoDB is down, says so, and recovers. A MongoDB
 * that does not answer fails a request within the configured time instead of holding it.
 */
export function mongoConnection({ uri, database, timeoutMs }: MongoSettings): DynamicModule {
  return MongooseModule.forRoot(uri, {
    appName: 'user-service',
    dbName: database,
    lazyConnection: true,
    connectionFactory: tolerateOutage,
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    waitQueueTimeoutMS: timeoutMs,
    socketTimeoutMS: 2 * timeoutMs,
    heartbeatFrequencyMS: 1_000,
    maxIdleTimeMS: IDLE_CONNECTION_MS,
  });
}

/** A first attempt that failed is nobody's error: {@link MongoLifecycle} makes the next. */
function tolerateOutage(connection: Connection): Connection {
  connection.asPromise().catch(() => undefined);
  return connection;
}

/** The service keeps to the driver: the schema of the records is their owners' business. */
export function mongoProviders({ mongo: { database }, tombstones }: UserServiceConfig): Provider[] {
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
      provide: StoreUsers,
      useFactory: (client: MongoClient) =>
        new StoreUsers({
          store: new MongoRecordStore({
            client,
            db: client.db(database),
            entity: USERS,
            tombstoneTtlMs: tombstoneTtlMs(tombstones),
          }),
          basePath: '/users',
        }),
      inject: [MongoClient],
    },
  ];
}
