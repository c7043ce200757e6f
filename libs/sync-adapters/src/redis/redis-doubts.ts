import type { Redis } from 'ioredis';
import { inFlightField, KEYS } from './keys.js';
import { withRedisErrors } from './redis-errors.js';
import { SCRIPTS } from './scripts.js';

/** An older image of this record was settled unseen, because Redis's `version` was in flight to Mongo. */
export interface Doubt {
  readonly entity: string;
  readonly key: string;
  readonly version: number;
}

export interface DoubtsPage {
  readonly doubts: readonly Doubt[];
  /** Where the next page begins; `'0'` after the last one. */
  readonly next: string;
}

/** The doubts that `apply-batch.lua` notes. */
export class RedisDoubts {
  constructor(private readonly redis: Redis) {}

  /** About `count` of them, from a cursor (`'0'`: from the beginning); one may come twice while the hash changes. */
  async read(cursor: string, count: number): Promise<DoubtsPage> {
    const [next, rows] = await withRedisErrors(() => this.redis.hscan(KEYS.doubts, cursor, 'COUNT', count));
    const doubts: Doubt[] = [];
    for (let index = 0; index < rows.length; index += 2) {
      const field = rows[index] ?? '';
      const at = field.indexOf(':');
      doubts.push({
        entity: field.slice(0, at),
        key: field.slice(at + 1),
        version: Number(rows[index + 1]),
      });
    }
    return { doubts, next };
  }

  /** Those whose record has no Redis write in flight any more. */
  async landed(doubts: readonly Doubt[]): Promise<readonly Doubt[]> {
    if (doubts.length === 0) return [];
    const fields = doubts.map(({ entity, key }) => inFlightField(entity, key));
    const inFlight = await withRedisErrors(() =>
      this.redis.hmget(KEYS.inFlight('redis-to-mongo'), ...fields),
    );
    return doubts.filter((_, index) => inFlight[index] === null);
  }

  /** Removes them, unless newer ones have taken their place. */
  async remove(doubts: readonly Doubt[]): Promise<void> {
    if (doubts.length === 0) return;
    const args = doubts.flatMap(({ entity, key, version }) => [inFlightField(entity, key), String(version)]);
    await withRedisErrors(() => SCRIPTS.removeDoubts.run(this.redis, [KEYS.doubts], args));
  }
}
