import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { Db } from 'mongodb';
import { versionOfDocument } from '../mongo/documents.js';
import { withMongoErrors } from '../mongo/mongo-errors.js';
import { RedisCaptureJournal } from '../redis/redis-capture-journal.js';

/** The lower of the versions that both stores hold of each record, tombstones included; 0 where one holds none. */
export async function commonVersions(
  stores: { readonly db: Db; readonly redis: Redis },
  entity: EntityDefinition,
  keys: readonly string[],
): Promise<readonly number[]> {
  const [documents, known] = await Promise.all([
    withMongoErrors(() =>
      stores.db
        .collection(entity.collection)
        .find({ [entity.keyField]: { $in: [...keys] } }, { projection: { [entity.keyField]: 1, version: 1 } })
        .toArray(),
    ),
    new RedisCaptureJournal(stores.redis).known(entity, keys),
  ]);
  const inMongo = new Map(
    documents.map((document) => [String(document[entity.keyField]), versionOfDocument(document) ?? 0]),
  );
  return keys.map((key, index) => Math.min(inMongo.get(key) ?? 0, known[index]?.held ?? 0));
}
