import { OUTCOMES, type Direction } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { KEYS, SYNC_GROUP } from './keys.js';
import { withRedisErrors } from './redis-errors.js';
import type { LedgerPage } from './replies/read-ledger.reply.js';
import { SCRIPTS } from './scripts.js';

/** The ledgers, kept in Redis beside the streams they account for. */
export class RedisLedgers {
  constructor(private readonly redis: Redis) {}

  read(direction: Direction): Promise<LedgerPage> {
    return this.run(direction, 'read');
  }

  /** Brings the ledger in line after the stream or its group was lost. Returns it as it was before. */
  rebalance(direction: Direction): Promise<LedgerPage> {
    return this.run(direction, 'rebalance');
  }

  /** Starts a new generation of `processed_events` when the present one is old or large. */
  async rotateProcessed(limits: {
    readonly maxAgeMs: number;
    readonly maxMembers: number;
  }): Promise<boolean> {
    const keys = [KEYS.processed, KEYS.processedPrevious, KEYS.processedSince];
    return withRedisErrors(() =>
      SCRIPTS.rotateProcessed.run(this.redis, keys, [limits.maxAgeMs, limits.maxMembers]),
    );
  }

  private async run(direction: Direction, mode: 'read' | 'rebalance'): Promise<LedgerPage> {
    const keys = [KEYS.stream(direction), KEYS.ledger(direction)];
    return withRedisErrors(() => SCRIPTS.readLedger.run(this.redis, keys, [SYNC_GROUP, mode, ...OUTCOMES]));
  }
}
