import type { SyncTuning } from '@redis-mongo-sync/sync-engine';
import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { MongoClient } from 'mongodb';

export const SYNC_MODULE_OPTIONS = Symbol('SYNC_MODULE_OPTIONS');

/** A connection of the module's own, or a client of the application, which stays open when the sync stops. */
export type MongoConnection =
  | { readonly uri: string; readonly database: string; readonly timeoutMs?: number }
  | { readonly client: MongoClient; readonly database: string };

export interface SyncModuleOptions extends Partial<SyncTuning> {
  /** A replica set: the sync reads change streams. */
  readonly mongo: MongoConnection;
  /** `redis://[user:password@]host:port[/database]` */
  readonly redis: string;
  /** What is synced: its collection, its keys, who owns which fields. */
  readonly entities: readonly EntityDefinition[];
  /** How long what is in flight may take to settle when the application stops, ms. Default 5,000. */
  readonly stopDeadlineMs?: number;
}
