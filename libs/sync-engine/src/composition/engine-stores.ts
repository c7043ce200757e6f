import { connect } from '@redis-mongo-sync/redis-streams';
import {
  MongoConflictLog,
  MongoDocumentAuthority,
  RedisLedgers,
  RedisCaptureJournal,
  RedisProjectionTarget,
} from '@redis-mongo-sync/sync-adapters';
import type { Redis } from 'ioredis';
import type { Db, MongoClient } from 'mongodb';
import type { SyncEngineSettings } from '../sync-engine-options.js';

/** Both stores, as the parts of the engine see them. They share one connection to each. */
export interface EngineStores {
  readonly mongo: MongoClient;
  readonly db: Db;
  readonly redis: Redis;
  readonly authority: MongoDocumentAuthority;
  readonly conflicts: MongoConflictLog;
  readonly journal: RedisCaptureJournal;
  readonly projections: RedisProjectionTarget;
  readonly ledgers: RedisLedgers;
}

export function engineStores({
  mongo,
  database,
  redisUrl,
  tombstoneTtlMs,
}: SyncEngineSettings): EngineStores {
  const db = mongo.db(database);
  const redis = connect({ url: redisUrl, profile: 'commands', name: 'sync-service' });
  return {
    mongo,
    db,
    redis,
    authority: new MongoDocumentAuthority(db, tombstoneTtlMs),
    conflicts: new MongoConflictLog(db),
    journal: new RedisCaptureJournal(redis),
    projections: new RedisProjectionTarget(redis, tombstoneTtlMs),
    ledgers: new RedisLedgers(redis),
  };
}
