import { MongoServerError, type Collection, type Document } from 'mongodb';
import type { CheckContext } from '../check-context.js';

/** What the server says of the entity's collection without looking at its documents. */
export interface CollectionFacts {
  /** `none`, `collection`, `view`, `timeseries`. */
  readonly type: string;
  readonly options: Document;
  readonly indexes: readonly Document[];
  /** Documents, as its metadata say. */
  readonly documents: number;
  /** Of all documents together; null: the server does not tell. */
  readonly bytes: number | null;
}

export async function collectionFacts({ db, entity }: CheckContext): Promise<CollectionFacts> {
  const listed = db.listCollections({ name: entity.collection }, { nameOnly: false });
  const [found] = (await listed.toArray()) as { type?: string; options?: Document }[];
  if (!found) return { type: 'none', options: {}, indexes: [], documents: 0, bytes: 0 };
  const { type = 'collection', options = {} } = found;
  if (type !== 'collection') return { type, options, indexes: [], documents: 0, bytes: null };
  const collection = db.collection(entity.collection);
  return {
    type,
    options,
    indexes: await collection.indexes(),
    documents: await collection.estimatedDocumentCount(),
    bytes: await bytesOf(collection),
  };
}

async function bytesOf(collection: Collection): Promise<number | null> {
  try {
    const [stats] = await collection
      .aggregate<{ storageStats?: { size?: unknown } }>([{ $collStats: { storageStats: {} } }])
      .toArray();
    const size = Number(stats?.storageStats?.size);
    return Number.isFinite(size) ? size : null;
  } catch (error) {
    if (error instanceof MongoServerError) return null;
    throw error;
  }
}
