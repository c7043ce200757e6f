import { OUTCOMES, type Direction, type Ledger, type Outcome } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { KEYS, SYNC_GROUP } from './keys.js';
import { withRedisErrors } from './redis-errors.js';
import { SCRIPTS } from './scripts.js';

/** The books of a direction, and what its stream held at the same moment. */
export interface BooksPage {
  readonly ledger: Ledger;
  /** Delivered to a consumer and not settled. */
  readonly pending: number;
  /** Not delivered yet. */
  readonly unread: number;
  /** What the books say is under way and the stream does not hold; 0 when they balance. */
  readonly vanished: number;
}

type BooksReply = [ledger: string[], pending: number, unread: number, vanished: number];

/** The ledgers, kept in Redis beside the streams they account for. */
export class RedisBooks {
  constructor(private readonly redis: Redis) {}

  read(direction: Direction): Promise<BooksPage> {
    return this.run(direction, 'read');
  }

  /** Brings the books in line after the stream or its group was lost. Returns them as they were before. */
  rebalance(direction: Direction): Promise<BooksPage> {
    return this.run(direction, 'rebalance');
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

  private async run(direction: Direction, mode: 'read' | 'rebalance'): Promise<BooksPage> {
    const keys = [KEYS.stream(direction), KEYS.ledger(direction)];
    const reply = await withRedisErrors(() =>
      SCRIPTS.books.run(this.redis, keys, [SYNC_GROUP, mode, ...OUTCOMES]),
    );
    const [ledger, pending, unread, vanished] = reply as BooksReply;
    return { ledger: ledgerOf(ledger), pending, unread, vanished };
  }
}

function ledgerOf(flat: readonly string[]): Ledger {
  const rows = new Map<string, number>();
  for (let index = 0; index < flat.length; index += 2) rows.set(flat[index] ?? '', Number(flat[index + 1]));
  return {
    captured: rows.get('captured') ?? 0,
    outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, rows.get(outcome) ?? 0])) as Record<
      Outcome,
      number
    >,
    since: rows.get('since') ?? null,
  };
}
