import type { EntityDefinition, MongoImage } from '@redis-mongo-sync/sync-core';
import { MaxKey, MinKey, type Db, type Document, type Filter } from 'mongodb';
import { findDocuments } from './find-documents.js';
import { withMongoErrors } from './mongo-errors.js';
import { tombstoneImage, TOMBSTONES_COLLECTION } from './tombstones.js';

interface TombstonePage {
  readonly images: readonly MongoImage[];
  /** The last key of the page. */
  readonly last: string;
}

/** All tombstones of the entity with a key above `after`, in pages of ascending key. */
export async function* tombstonePages(
  db: Db,
  entity: EntityDefinition,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): AsyncGenerator<TombstonePage> {
  const collection = db.collection(TOMBSTONES_COLLECTION);
  let above: unknown = after ?? new MinKey();
  for (;;) {
    const range = {
      $gt: { entity: entity.name, key: above },
      $lt: { entity: entity.name, key: new MaxKey() },
    };
    const filter = { _id: range } as unknown as Filter<Document>;
    const documents = await withMongoErrors(() =>
      findDocuments(collection, filter, { sort: { _id: 1 }, limit }),
    );
    const images = documents
      .map((document) => tombstoneImage(entity, document))
      .filter((image) => image !== null);
    const last = images.at(-1);
    if (!last) return;
    yield { images, last: last.key };
    above = last.key;
  }
}
