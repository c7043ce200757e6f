import { MongoClient } from 'mongodb';
import type { MongoConnection } from './sync-module-options.js';

/** A client, and whether the module has to close it. */
export interface SyncMongo {
  readonly client: MongoClient;
  readonly database: string;
  readonly owned: boolean;
}

const TIMEOUT_MS = 2_000;

/** Connects by itself at the first command, and again whenever it must: the application starts while MongoDB is down. */
export function syncMongo(connection: MongoConnection): SyncMongo {
  const { database } = connection;
  if ('client' in connection) return { client: connection.client, database, owned: false };
  const { uri, timeoutMs = TIMEOUT_MS } = connection;
  const client = new MongoClient(uri, {
    appName: 'sync-service',
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    // A frozen server or a black hole ends a command after this; a change stream waits one second at most.
    socketTimeoutMS: 10_000,
    heartbeatFrequencyMS: 2_000,
  });
  return { client, database, owned: true };
}
