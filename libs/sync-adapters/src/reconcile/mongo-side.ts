import {
  keyText,
  STAMP_FIELD,
  type Depth,
  type EntityDefinition,
  type MongoPage,
  type MongoSide,
} from '@redis-mongo-sync/sync-core';
import type { Db, Document } from 'mongodb';
import { bsonToJson } from '../mongo/bson-json.js';
import { imageOf, keyOf } from '../mongo/documents.js';
import { findDocuments } from '../mongo/find-documents.js';
import { withMongoErrors } from '../mongo/mongo-errors.js';
import { keyInMongo, withUsableKey } from '../mongo/record-filters.js';

/** Mongo as one side of a comparison, read along the unique index on the record key. */
export class MongoComparisonSide implements MongoSide {
  constructor(private readonly db: Db) {}

  estimate({ collection }: EntityDefinition): Promise<number> {
    return withMongoErrors(() => this.db.collection(collection).estimatedDocumentCount());
  }

  async page(
    entity: EntityDefinition,
    { after, limit, depth }: { readonly after: string | null; readonly limit: number; readonly depth: Depth },
  ): Promise<MongoPage> {
    const filter = withUsableKey(entity, after === null ? undefined : keyInMongo(entity, after));
    const projection = projectionFor(entity, depth);
    const options = { sort: { [entity.keyField]: 1 }, limit, ...(projection ? { projection } : {}) } as const;
    const documents = await withMongoErrors(() =>
      findDocuments(this.db.collection(entity.collection), filter, options),
    );
    const images = documents.map((document) => imageOf(entity, document)).filter((image) => image !== null);
    const last: unknown = documents.length < limit ? undefined : documents.at(-1)?.[entity.keyField];
    return { images, upTo: last === undefined ? null : keyText(entity, bsonToJson(last)) };
  }

  async randomKeys(entity: EntityDefinition, count: number): Promise<readonly string[]> {
    if (count === 0) return [];
    const stages = [{ $sample: { size: count } }, { $project: { [entity.keyField]: 1 } }];
    const documents = await withMongoErrors(() =>
      this.db.collection(entity.collection).aggregate(stages).toArray(),
    );
    return documents.flatMap((document) => {
      const found = keyOf(entity, document);
      return 'key' in found ? [found.key] : [];
    });
  }
}

/** At depth `versions` the contents stay in Mongo – unless a filter has to see them. */
function projectionFor(entity: EntityDefinition, depth: Depth): Document | null {
  if (depth === 'content' || entity.filter) return null;
  return { [entity.keyField]: 1, [STAMP_FIELD]: 1 };
}
