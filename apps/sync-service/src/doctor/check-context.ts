import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { Db, MongoClient } from 'mongodb';
import type { Effort } from './effort.js';
import type { Found } from './finding.js';

/** What checks work with. They read, and change nothing. */
export interface CheckContext {
  readonly entity: EntityDefinition;
  readonly mongo: MongoClient;
  readonly db: Db;
  readonly redis: Redis;
  readonly effort: Effort;
  /** Long scans end when it aborts. */
  readonly signal: AbortSignal;
  /** Tells how far a long scan is. */
  readonly progress: (what: string, done: number, total: number | null) => void;
}

/** @throws whatever the store says; it is shown as what could not be looked at */
export type Check = (context: CheckContext) => Promise<readonly Found[]>;
