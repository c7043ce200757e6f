import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import { MongoServerError, type Db } from 'mongodb';
import { withMongoErrors } from './mongo-errors.js';
import { TOMBSTONES_COLLECTION } from './tombstones.js';
import { UNSYNCABLE_COLLECTION } from './mongo-unsyncable-log.js';
import { isKeyIndex, partialKeyIndex } from './key-index.js';

export interface PreparedCollections {
  /** Whether the server keeps pre-images (MongoDB ≥ 6.0), which tell what a deleted document was. */
  readonly preImages: boolean;
}

const NAMESPACE_EXISTS = 48;
const PRE_IMAGES_SINCE = 6;

/**
 * Creates what the sync needs in Mongo: the entities' collections with a unique index on the record key – of documents
 * that have one – and pre-images where the server has them; the collection of tombstones, which purges them. Safe to
 * repeat.
 *
 * @throws DuplicateKeysError when documents share a record key
 */
export async function prepareCollections(
  db: Db,
  entities: readonly EntityDefinition[],
): Promise<PreparedCollections> {
  return withMongoErrors(async () => {
    const preImages = (await majorVersion(db)) >= PRE_IMAGES_SINCE;
    for (const entity of entities) {
      await create(db, entity.collection, preImages);
      if (entity.keyField !== '_id') await indexKey(db, entity);
    }
    await create(db, TOMBSTONES_COLLECTION, preImages);
    await db.collection(TOMBSTONES_COLLECTION).createIndex({ purgeAt: 1 }, { expireAfterSeconds: 0 });
    await db.collection(TOMBSTONES_COLLECTION).createIndex({ id: 1 }, { sparse: true });
    await create(db, UNSYNCABLE_COLLECTION, false);
    return { preImages };
  });
}

/** Two documents have the same record key: no unique index can be made, and only a person can say which one is right. */
export class DuplicateKeysError extends Error {
  override readonly name = 'DuplicateKeysError';
  constructor(collection: string, keyField: string, cause: unknown) {
    const next = `find them with: npm run doctor`;
    super(`documents in ${collection} share a ${keyField}; no unique index can be made; ${next}`, { cause });
  }
}

/**
 * A unique index that is there is good enough, also a sparse or partial one. Otherwise one is made of the documents that
 * have the key: others of the collection's may lack it.
 */
async function indexKey(db: Db, entity: EntityDefinition): Promise<void> {
  const { collection, keyField } = entity;
  const documents = db.collection(collection);
  const indexes = await documents.indexes();
  if (indexes.some((index) => isKeyIndex(entity, index))) return;
  try {
    const { key, options } = partialKeyIndex(entity);
    await documents.createIndex(key, options);
  } catch (error) {
    if (error instanceof MongoServerError && error.code === 11000)
      throw new DuplicateKeysError(collection, keyField, error);
    throw error;
  }
}

async function create(db: Db, collection: string, preImages: boolean): Promise<void> {
  try {
    await db.createCollection(collection);
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === NAMESPACE_EXISTS)) throw error;
  }
  // Asked first: collMod waits for every open transaction on the collection, also one of a process that was killed.
  if (!preImages || (await keepsPreImages(db, collection))) return;
  await db.command({ collMod: collection, changeStreamPreAndPostImages: { enabled: true } });
}

async function keepsPreImages(db: Db, name: string): Promise<boolean> {
  const [found] = await db.listCollections({ name }, { nameOnly: false }).toArray();
  const options = found && 'options' in found ? found.options : undefined;
  const setting: unknown = options?.changeStreamPreAndPostImages;
  return typeof setting === 'object' && setting !== null && 'enabled' in setting && setting.enabled === true;
}

async function majorVersion(db: Db): Promise<number> {
  const { version } = (await db.command({ buildInfo: 1 })) as unknown as { version: string };
  return Number.parseInt(version, 10);
}
