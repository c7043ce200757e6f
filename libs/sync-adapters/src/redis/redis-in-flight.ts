import type { Direction } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { KEYS } from './keys.js';
import { withRedisErrors } from './redis-errors.js';

/** The records with a change on a stream that is not settled yet. */
export class RedisInFlight {
  constructor(private readonly redis: Redis) {}

  async size(direction: Direction): Promise<number> {
    return withRedisErrors(() => this.redis.hlen(KEYS.inFlight(direction)));
  }

  /** Record keys by entity name, in chunks; a record may come twice while the hash changes. */
  async *records(
    direction: Direction,
    chunk: number,
  ): AsyncGenerator<ReadonlyMap<string, readonly string[]>> {
    let cursor = '0';
    do {
      const [next, rows] = await withRedisErrors(() =>
        this.redis.hscan(KEYS.inFlight(direction), cursor, 'COUNT', chunk),
      );
      cursor = next;
      const keys = new Map<string, string[]>();
      for (let index = 0; index < rows.length; index += 2) note(keys, rows[index] ?? '');
      yield keys;
    } while (cursor !== '0');
  }
}

function note(keys: Map<string, string[]>, field: string): void {
  const at = field.indexOf(':');
  const entity = field.slice(0, at);
  const list = keys.get(entity);
  if (list) list.push(field.slice(at + 1));
  else keys.set(entity, [field.slice(at + 1)]);
}
