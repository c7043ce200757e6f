import { MongoClient, type Db } from 'mongodb';
import type { AuditLog } from './audit-log.js';
import type { AuditStore } from './audit-store.js';
import { MongoAuditStore } from './mongo/mongo-audit-store.js';
import { PostgresAuditStore } from './postgres/postgres-audit-store.js';
import { StoredAuditLog, type AuditLogOptions } from './stored-audit-log.js';

export type AuditStoreChoice =
  | { readonly store: 'mongo'; readonly db: Db; readonly collection?: string }
  /** With a client of the log's own, closed with the log. */
  | { readonly store: 'mongo'; readonly uri: string; readonly database: string; readonly collection?: string }
  | { readonly store: 'postgres'; readonly url: string; readonly poolSize?: number };

export type OpenAuditLogOptions = AuditLogOptions & {
  /** How long a step may wait for the store, in milliseconds. Default 10,000. Not for a `db` that is given. */
  readonly timeoutMs?: number;
};

/** Opens a log; nothing is sent to the store before the first use. Call `prepare()` once per start. */
export function openAuditLog(choice: AuditStoreChoice, options: OpenAuditLogOptions = {}): AuditLog {
  const { timeoutMs = 10_000, ...rest } = options;
  return new StoredAuditLog(storeOf(choice, timeoutMs), rest);
}

function storeOf(choice: AuditStoreChoice, timeoutMs: number): AuditStore {
  if (choice.store === 'postgres') return new PostgresAuditStore({ ...choice, timeoutMs });
  const collection = choice.collection === undefined ? {} : { collection: choice.collection };
  if ('db' in choice) return new MongoAuditStore({ db: choice.db, ...collection });
  const client = new MongoClient(choice.uri, {
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    socketTimeoutMS: timeoutMs,
    waitQueueTimeoutMS: timeoutMs,
  });
  const db = client.db(choice.database);
  return new MongoAuditStore({ db, ...collection, onClose: () => client.close() });
}
