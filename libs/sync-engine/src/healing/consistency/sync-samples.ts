import { commonVersions, StreamTail } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS, type Direction, type EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { Db } from 'mongodb';

/** The tail of either stream. */
export function tailsOf(redis: Redis): (direction: Direction) => StreamTail {
  const tails = new Map(DIRECTIONS.map((direction) => [direction, new StreamTail(redis, direction)]));
  return (direction) => tails.get(direction) ?? new StreamTail(redis, direction);
}

/** The versions that both stores have reached of these records, in their order. */
export async function commonVersionsOf(
  stores: { readonly db: Db; readonly redis: Redis },
  entities: readonly EntityDefinition[],
  records: readonly { readonly entity: string; readonly key: string }[],
): Promise<readonly number[]> {
  const versions: number[] = records.map(() => 0);
  for (const entity of entities) {
    const own = records.flatMap((record, index) =>
      record.entity === entity.name ? [{ ...record, index }] : [],
    );
    if (own.length === 0) continue;
    const reached = await commonVersions(
      stores,
      entity,
      own.map(({ key }) => key),
    );
    for (const [at, { index }] of own.entries()) versions[index] = reached[at] ?? 0;
  }
  return versions;
}
