import {
  ForeignRecords,
  MongoChangeFeed,
  MongoDocumentAuthority,
  RedisCaptureJournal,
  RedisComparisonSide,
  RedisProjectionTarget,
} from '@redis-mongo-sync/sync-adapters';
import type { Redis } from 'ioredis';
import type { Db } from 'mongodb';
import type { BackfillSource } from './backfill.js';
import { FromMongo } from './from-mongo.js';
import { FromRedis } from './from-redis.js';

export interface BackfillSourceOptions {
  readonly from: 'mongo' | 'redis';
  readonly db: Db;
  readonly redis: Redis;
  readonly dryRun: boolean;
  /** Which side stands where both have the record (`from: 'redis'`). */
  readonly prefer: 'mongo' | 'redis';
  readonly tombstoneTtlMs: number;
}

export function backfillSource(options: BackfillSourceOptions): BackfillSource {
  const { from, db, redis, dryRun, prefer, tombstoneTtlMs } = options;
  const authority = new MongoDocumentAuthority(db, tombstoneTtlMs);
  const journal = new RedisCaptureJournal(redis);
  if (from === 'mongo') {
    const feed = new MongoChangeFeed({ client: db.client, db, entities: [], preImages: () => false });
    return new FromMongo({ db, feed, journal, authority, dryRun });
  }
  return new FromRedis({
    redis,
    foreign: new ForeignRecords(redis),
    side: new RedisComparisonSide(redis),
    journal,
    authority,
    projections: new RedisProjectionTarget(redis, tombstoneTtlMs),
    prefer,
    tombstoneTtlMs,
    dryRun,
  });
}
