import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { Db } from 'mongodb';
import { MongoDocumentAuthority } from '../mongo/mongo-authority.js';
import { RedisCaptureJournal } from '../redis/redis-capture-journal.js';

/** The lower of the versions that both stores hold of each record, tombstones included; 0 where one holds none. */
export async function commonVersions(
  stores: { readonly db: Db; readonly redis: Redis },
  entity: EntityDefinition,
  keys: readonly string[],
): Promise<readonly number[]> {
  const [current, known] = await Promise.all([
    new MongoDocumentAuthority(stores.db).current(entity, keys),
    new RedisCaptureJournal(stores.redis).known(entity, keys),
  ]);
  return keys.map((key, index) => Math.min(current.get(key)?.version ?? 0, known[index]?.held ?? 0));
}
