import { EVENT_FIELD, type Direction } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { KEYS } from '../redis/keys.js';
import { withRedisErrors } from '../redis/redis-errors.js';

export interface TailPage {
  /** Event texts of the newest entries since the last read, newest first; at most {@link NEWEST}. */
  readonly texts: readonly string[];
  /** How many entered the stream since the last read, by the ledger. */
  readonly entered: number;
}

const NEWEST = 20;

/** Reads the newest entries of a stream beside its consumers: whatever becomes of them, nothing has yet. */
export class StreamTail {
  private last: string | null = null;
  private captured = 0;

  constructor(
    private readonly redis: Redis,
    private readonly direction: Direction,
  ) {}

  /** The first read only remembers where the stream is. */
  async read(): Promise<TailPage> {
    const replies = await withRedisErrors(async () => {
      const stream = KEYS.stream(this.direction);
      const from = this.last === null ? '-' : `(${this.last}`;
      return Promise.all([
        this.redis.xrevrange(stream, '+', from, 'COUNT', NEWEST),
        this.redis.hget(KEYS.ledger(this.direction), 'captured'),
      ]);
    });
    const [entries, captured] = replies;
    const isFirst = this.last === null;
    const entered = Math.max(entries.length, Number(captured ?? 0) - this.captured);
    this.captured = Number(captured ?? 0);
    this.last = entries[0]?.[0] ?? this.last ?? '0-0';
    if (isFirst) return { texts: [], entered: 0 };
    return { texts: entries.map(([, fields]) => fields[fields.indexOf(EVENT_FIELD) + 1] ?? ''), entered };
  }
}
