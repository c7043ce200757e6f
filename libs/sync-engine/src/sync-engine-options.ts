import { DEFAULT_HISTORY_DAYS, DEFAULT_TOMBSTONE_TTL_MS } from '@redis-mongo-sync/sync-adapters';
import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { MongoClient } from 'mongodb';
import type { FaultPoints } from './lanes/fault-points.js';
import { silentLog, type EngineLog } from './engine-log.js';

/** Where the records are, and which. */
export interface SyncedStores {
  /** Need not be connected; it is not closed. Change streams need a replica set. */
  readonly mongo: MongoClient;
  readonly database: string;
  readonly redisUrl: string;
  readonly entities: readonly EntityDefinition[];
}

/** How the sync works; everything has a default. */
export interface SyncTuning {
  /** Where its messages go. Default: nowhere. */
  readonly log: EngineLog;
  /** Entries per batch. Default 500. */
  readonly batchSize: number;
  /** Above this length of `mongo_changes`, capture waits. Default 1,000,000. */
  readonly maxStreamLength: number;
  /** A version further ahead of the local clock than this goes to the dead letters, ms. Default 60,000. */
  readonly maxSkewMs: number;
  /** How long deletes are remembered, ms. Default: 7 days. */
  readonly tombstoneTtlMs: number;
  /** How long losing versions are kept, days. */
  readonly historyDays: number;
  /** A random sample of records is compared this often, ms; 0: never. Default 0. */
  readonly reconcileEveryMs: number;
  /** Records in that sample. Default 100. */
  readonly reconcileSample: number;
  /** For tests. */
  readonly faults: FaultPoints;
}

export interface SyncEngineOptions extends SyncedStores, Partial<SyncTuning> {}

/** The options with every default in its place. */
export type SyncEngineSettings = SyncedStores & SyncTuning;

const DEFAULTS: SyncTuning = {
  log: silentLog,
  batchSize: 500,
  maxStreamLength: 1_000_000,
  maxSkewMs: 60_000,
  tombstoneTtlMs: DEFAULT_TOMBSTONE_TTL_MS,
  historyDays: DEFAULT_HISTORY_DAYS,
  reconcileEveryMs: 0,
  reconcileSample: 100,
  faults: {},
};

export function settingsOf(options: SyncEngineOptions): SyncEngineSettings {
  return { ...DEFAULTS, ...options };
}
