import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
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
