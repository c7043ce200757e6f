import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { isJsonObject } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';

/** Where a backfill has come to. */
export interface BackfillPosition {
  /** Of the source: the last `_id`, or a SCAN cursor. */
  readonly cursor: string;
  /** Records done up to there. */
  readonly done: number;
  /** What the cursor is valid for: a SCAN cursor means nothing to a restarted Redis. */
  readonly epoch: string;
}

/** Keeps the position in Redis, so that any machine can go on. */
export class BackfillProgress {
  private readonly key: string;

  constructor(
    private readonly redis: Redis,
    from: 'mongo' | 'redis',
    entity: string,
  ) {
    this.key = KEYS.backfill(from, entity);
  }

  async read(): Promise<BackfillPosition | null> {
    const value: unknown = JSON.parse((await this.redis.get(this.key)) ?? 'null');
    if (!isJsonObject(value)) return null;
    const { cursor, done, epoch } = value;
    if (typeof cursor !== 'string' || typeof done !== 'number' || typeof epoch !== 'string') return null;
    return { cursor, done, epoch };
  }

  async save(position: BackfillPosition): Promise<void> {
    await this.redis.set(this.key, JSON.stringify(position));
  }

  async forget(): Promise<void> {
    await this.redis.del(this.key);
  }
}
