import type { Depth, EntityDefinition, MongoImage, MongoSide } from '@redis-mongo-sync/sync-core';
import type { Db, Document } from 'mongodb';
import { imageOf } from '../mongo/documents.js';
import { withMongoErrors } from '../mongo/mongo-errors.js';

/** Mongo as one side of a comparison, read along the unique index on the record key. */
export class MongoComparisonSide implements MongoSide {
  constructor(private readonly db: Db) {}

  estimate({ collection }: EntityDefinition): Promise<number> {
    return withMongoErrors(() => this.db.collection(collection).estimatedDocumentCount());
  }

  async page(
    entity: EntityDefinition,
    { after, limit, depth }: { readonly after: string | null; readonly limit: number; readonly depth: Depth },
  ): Promise<readonly MongoImage[]> {
    // Compared with a string, documents without a usable key are left out.
    const filter = { [entity.keyField]: { $gt: after ?? '' } };
    const projection = projectionFor(entity, depth);
    const documents = await withMongoErrors(() =>
      this.db
        .collection(entity.collection)
        .find(filter, projection ? { projection } : {})
        .sort({ [entity.keyField]: 1 })
        .limit(limit)
        .toArray(),
    );
    return documents.map((document) => imageOf(entity, document)).filter((image) => image !== null);
  }

  async randomKeys(entity: EntityDefinition, count: number): Promise<readonly string[]> {
    if (count === 0) return [];
    const stages = [{ $sample: { size: count } }, { $project: { [entity.keyField]: 1 } }];
    const documents = await withMongoErrors(() =>
      this.db.collection(entity.collection).aggregate(stages).toArray(),
    );
    return documents
      .map((document): unknown => document[entity.keyField])
      .filter((key): key is string => typeof key === 'string' && key.length > 0);
  }
}

/** At depth `versions` the contents stay in Mongo – unless a filter has to see them. */
function projectionFor(entity: EntityDefinition, depth: Depth): Document | null {
  if (depth === 'content' || entity.filter) return null;
  return { [entity.keyField]: 1, version: 1, source: 1, deleted: 1 };
}
