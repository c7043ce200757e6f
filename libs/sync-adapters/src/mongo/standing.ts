import type { EntityDefinition, MongoImage } from '@redis-mongo-sync/sync-core';
import type { ClientSession, Collection } from 'mongodb';
import { imageOf, type DocumentImage } from './documents.js';
import { findDocuments } from './find-documents.js';
import { keyedIn } from './record-filters.js';
import { imageOfTombstone, type Tombstone, type Tombstones } from './tombstones.js';

/** What Mongo holds of a record. */
export interface Standing {
  readonly document: DocumentImage | null;
  readonly tombstone: (Tombstone & { readonly image: MongoImage }) | null;
}

export interface StandingScope {
  readonly entity: EntityDefinition;
  readonly collection: Collection;
  readonly tombstones: Tombstones;
  readonly session?: ClientSession;
}

/** Reads documents and tombstones of these keys. The tombstones first: a record that is deleted meanwhile has both. */
export async function lookAt(
  { entity, collection, tombstones, session }: StandingScope,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const scope = session ? { session } : {};
  const stones = await tombstones.find(entity, keys, scope);
  const documents = await findDocuments(collection, keyedIn(entity, keys), scope);
  const standing = new Map<string, Standing>();
  for (const [key, stone] of stones)
    standing.set(key, { document: null, tombstone: { ...stone, image: imageOfTombstone(key, stone) } });
  for (const found of documents) {
    const document = imageOf(entity, found);
    if (document)
      standing.set(document.key, { document, tombstone: standing.get(document.key)?.tombstone ?? null });
  }
  return standing;
}
