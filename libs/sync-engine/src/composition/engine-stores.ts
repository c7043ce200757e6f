import { connect } from '@redis-mongo-sync/redis-streams';
import {
  MongoConflictLog,
  MongoDocumentAuthority,
  MongoUnsyncableLog,
  RedisLedgers,
  RedisCaptureJournal,
  RedisProjectionTarget,
} from '@redis-mongo-sync/sync-adapters';
import type { Redis } from 'ioredis';
import type { Db, MongoClient } from 'mongodb';
import type { EngineObserver } from '../status/engine-observer.js';
import type { SyncEngineSettings } from '../sync-engine-options.js';

/** Both stores, as the parts of the engine see them. They share one connection to each. */
export interface EngineStores {
  readonly mongo: MongoClient;
  readonly db: Db;
  readonly redis: Redis;
  readonly authority: MongoDocumentAuthority;
  readonly conflicts: MongoConflictLog;
  readonly unsyncable: MongoUnsyncableLog;
  readonly journal: RedisCaptureJournal;
  readonly projections: RedisProjectionTarget;
  readonly ledgers: RedisLedgers;
}

export function engineStores(
  { mongo, database, redisUrl, tombstoneTtlMs, maxSkewMs }: SyncEngineSettings,
  observer: Pick<EngineObserver, 'foreign'>,
): EngineStores {
  const db = mongo.db(database);
  const redis = connect({ url: redisUrl, profile: 'commands', name: 'sync-service' });
  return {
    mongo,
    db,
    redis,
    authority: new MongoDocumentAuthority(db, tombstoneTtlMs),
    conflicts: new MongoConflictLog(db),
    unsyncable: new MongoUnsyncableLog(db),
    journal: new RedisCaptureJournal(redis, maxSkewMs),
    projections: new RedisProjectionTarget(redis, tombstoneTtlMs, (found) => observer.foreign(found)),
    ledgers: new RedisLedgers(redis),
  };
}
