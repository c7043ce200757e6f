import type { EntityDefinition, MongoImage } from '@redis-mongo-sync/sync-core';
import { ObjectId, type Db, type Document, type Filter } from 'mongodb';
import { imageOf } from './documents.js';
import { withMongoErrors } from './mongo-errors.js';

export interface DocumentPage {
  readonly images: readonly MongoImage[];
  /** Ids of documents without a usable record key. */
  readonly unusable: readonly string[];
  /** The last id of the page; the next page comes after it. */
  readonly lastId: string;
}

/** All documents of the entity with an id above `afterId`, in pages of ascending id. */
export async function* documentPages(
  db: Db,
  entity: EntityDefinition,
  { afterId, limit }: { readonly afterId: string | null; readonly limit: number },
): AsyncGenerator<DocumentPage> {
  const collection = db.collection(entity.collection);
  let after = afterId;
  for (;;) {
    const filter = idsAfter(after);
    const documents = await withMongoErrors(() =>
      collection.find(filter).sort({ _id: 1 }).limit(limit).toArray(),
    );
    const last = documents.at(-1);
    if (!last) return;
    const pairs = documents.map((document) => ({
      id: String(document._id),
      image: imageOf(entity, document),
    }));
    after = String(last._id);
    yield {
      images: pairs.flatMap(({ image }) => (image ? [image] : [])),
      unusable: pairs.flatMap(({ id, image }) => (image ? [] : [id])),
      lastId: after,
    };
  }
}

/** Ids above this one. Strings come before ObjectIds in the order of ids, and a range never leaves its type. */
export function idsAfter(id: string | null): Filter<Document> {
  if (id === null) return {};
  if (ObjectId.isValid(id)) return { _id: { $gt: new ObjectId(id) } };
  const strings = { _id: { $gt: id as unknown as ObjectId } };
  return { $or: [strings, { _id: { $type: 'objectId' } }] };
}
