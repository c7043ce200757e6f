import type { EntityDefinition } from '#libs/sync-core';
import { MongoServerError, type Db } from 'mongodb';
import { withMongoErrors } from './mongo-errors.js';

export interface PreparedCollections {
  /** Whether the server keeps pre-images (MongoDB ≥ 6.0), which tell what a deleted document was. */
  readonly preImages: boolean;
}

const NAMESPACE_EXISTS = 48;
const PRE_IMAGES_SINCE = 6;

/**
 * Creates what the sync needs in Mongo: the collections, the unique index on the record key, the index that purges
 * tombstones, and pre-images where the server has them. Safe to repeat.
 */
export async function prepareCollections(
  db: Db,
  entities: readonly EntityDefinition[],
): Promise<PreparedCollections> {
  return withMongoErrors(async () => {
    const preImages = (await majorVersion(db)) >= PRE_IMAGES_SINCE;
    for (const entity of entities) await prepare(db, entity, preImages);
    return { preImages };
  });
}

async function prepare(
  db: Db,
  { collection, keyField }: EntityDefinition,
  preImages: boolean,
): Promise<void> {
  try {
    await db.createCollection(collection);
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === NAMESPACE_EXISTS)) throw error;
  }
  await db.collection(collection).createIndex({ [keyField]: 1 }, { unique: true });
  await db.collection(collection).createIndex({ purgeAt: 1 }, { expireAfterSeconds: 0, sparse: true });
  if (preImages) await db.command({ collMod: collection, changeStreamPreAndPostImages: { enabled: true } });
}

async function majorVersion(db: Db): Promise<number> {
  const { version } = (await db.command({ buildInfo: 1 })) as unknown as { version: string };
  return Number.parseInt(version, 10);
}
