import { OUTCOMES, type Direction, type Ledger, type Outcome } from '#libs/sync-core';
import type { Redis } from 'ioredis';
import { KEYS, SYNC_GROUP } from './keys.js';
import { withRedisErrors } from './redis-errors.js';
import { SCRIPTS } from './scripts.js';

/** The ledgers, kept in Redis beside the streams they account for. */
export class RedisBooks {
  constructor(private readonly redis: Redis) {}

  async read(direction: Direction): Promise<Ledger> {
    const rows = await withRedisErrors(() => this.redis.hgetall(KEYS.ledger(direction)));
    const count = (field: string) => Number(rows[field] ?? 0);
    return {
      captured: count('captured'),
      outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(outcome)])) as Record<
        Outcome,
        number
      >,
      since: rows.since === undefined ? null : Number(rows.since),
    };
  }

  /** Brings the books in line after the stream or its group was lost. Returns the entries that vanished. */
  async rebalance(direction: Direction): Promise<number> {
    const keys = [KEYS.stream(direction), KEYS.ledger(direction)];
    const vanished = await withRedisErrors(() =>
      SCRIPTS.rebalanceLedger.run(this.redis, keys, [SYNC_GROUP, ...OUTCOMES]),
    );
    return Number(vanished);
  }

  /** Books entries that went to the dead letters; they were acknowledged there. */
  async bookDeadLettered(direction: Direction, count: number): Promise<void> {
    await withRedisErrors(() => this.redis.hincrby(KEYS.ledger(direction), 'dead-lettered', count));
  }

  /** Starts a new generation of `processed_events` when the present one is old or large. */
  async rotateProcessed(limits: {
    readonly maxAgeMs: number;
    readonly maxMembers: number;
  }): Promise<boolean> {
    const keys = [KEYS.processed, KEYS.processedPrevious, KEYS.processedSince];
    const rotated = await withRedisErrors(() =>
      SCRIPTS.rotateProcessed.run(this.redis, keys, [limits.maxAgeMs, limits.maxMembers]),
    );
    return rotated === 1;
  }
}
