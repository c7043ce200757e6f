import type { MongoSettings } from '@redis-mongo-sync/service-kit';
import type { DynamicModule } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';

/** Connections that a burst of requests opened are closed again. */
const IDLE_CONNECTION_MS = 30_000;

/**
 * The service's one connection, for its models and – its client – for the records. It is made in the background: the
 * service starts while MongoDB is down, says so, and recovers. A MongoDB that does not answer fails a request within the
 * configured time instead of holding it.
 */
export function mongoConnection({ uri, database, timeoutMs }: MongoSettings): DynamicModule {
  return MongooseModule.forRoot(uri, {
    appName: 'user-service',
    lazyConnection: true,
    bufferCommands: false,
    connectionFactory: (connection: Connection) => recovering(connection).useDb(database),
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    waitQueueTimeoutMS: timeoutMs,
    socketTimeoutMS: 2 * timeoutMs,
    heartbeatFrequencyMS: 1_000,
    maxIdleTimeMS: IDLE_CONNECTION_MS,
  });
}

/**
 * mongoose gives up after a first attempt that failed. The driver under it does not: `MongoLifecycle` makes the next
 * attempts, and mongoose takes its client up again when one of them succeeds.
 */
function recovering(connection: Connection): Connection {
  connection.asPromise().catch(() => {
    connection.getClient().once('open', (client) => connection.setClient(client));
  });
  return connection;
}
