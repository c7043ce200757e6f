import type { CaptureProgress } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { Db, Document } from 'mongodb';
import { clusterTimeOf, clusterTimeOfFeed } from '../mongo/cluster-time.js';
import { withMongoErrors } from '../mongo/mongo-errors.js';
import { RedisCaptureJournal } from '../redis/redis-capture-journal.js';

/** How far capture has come, by the position that it keeps in Redis – whichever process captures. */
export class StoredCaptureProgress implements CaptureProgress {
  private readonly journal: RedisCaptureJournal;

  constructor(
    private readonly db: Db,
    redis: Redis,
  ) {
    this.journal = new RedisCaptureJournal(redis);
  }

  async now(): Promise<bigint> {
    const reply: Document = await withMongoErrors(() => this.db.command({ ping: 1 }));
    const time = clusterTimeOf(reply.operationTime);
    if (time === null) throw new Error('MongoDB names no operation time: a replica set is needed');
    return time;
  }

  async hasPassed(time: bigint): Promise<boolean> {
    const position = await this.journal.position();
    if (!position || position.snapshot) return false;
    const reached = clusterTimeOfFeed(position.feed);
    return reached !== null && reached >= time;
  }
}
