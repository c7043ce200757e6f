import type { EntityDefinition, MongoAuthority, MongoImage, StampRequest } from '@redis-mongo-sync/sync-core';
import { ObjectId, type AnyBulkWriteOperation, type Db, type Document } from 'mongodb';
import { imageOf } from './documents.js';
import { isDuplicateKey, withMongoErrors } from './mongo-errors.js';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { vacant } from './record-filters.js';
import { tombstonePipeline } from './update-pipelines.js';
import { nextVersionExpression, UNSTAMPED, UPDATED_AT, versionsBetween } from './version-expressions.js';

/** Stamps and tombstones for what outsiders did to Mongo's documents. */
export class MongoDocumentAuthority implements MongoAuthority {
  constructor(
    private readonly db: Db,
    private readonly tombstoneTtlMs = DEFAULT_TOMBSTONE_TTL_MS,
  ) {}

  async current(entity: EntityDefinition, keys: readonly string[]): Promise<ReadonlyMap<string, MongoImage>> {
    return withMongoErrors(async () => {
      const documents = await this.collection(entity)
        .find({ [entity.keyField]: { $in: [...keys] } })
        .toArray();
      const images = documents.map((document) => imageOf(entity, document)).filter((image) => image !== null);
      return new Map(images.map((image) => [image.key, image]));
    });
  }

  async stamp(entity: EntityDefinition, requests: readonly StampRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const operations = requests.map(({ id, seen, floor }): AnyBulkWriteOperation => {
      const version = nextVersionExpression(Math.max(floor, seen ?? 0));
      return {
        updateOne: {
          filter: { _id: documentId(id), ...seenFilter(seen) },
          update: [{ $set: { version, source: 'mongo' } }, UPDATED_AT],
        },
      };
    });
    await withMongoErrors(() => this.collection(entity).bulkWrite(operations, { ordered: false }));
  }

  async bury(entity: EntityDefinition, key: string, floor: number): Promise<'buried' | 'taken'> {
    return withMongoErrors(async () => {
      try {
        const pipeline = tombstonePipeline(entity, key, { ttlMs: this.tombstoneTtlMs, floor });
        await this.collection(entity).updateOne(vacant(entity, key), pipeline, { upsert: true });
        return 'buried';
      } catch (error) {
        if (isDuplicateKey(error)) return 'taken';
        throw error;
      }
    });
  }

  private collection(entity: EntityDefinition) {
    return this.db.collection(entity.collection, { writeConcern: { w: 'majority' } });
  }
}

/** Outsiders may use ids of any type; those that look like an ObjectId are one. */
function documentId(id: string): ObjectId {
  return (ObjectId.isValid(id) ? new ObjectId(id) : id) as ObjectId;
}

function seenFilter(seen: number | null): Document {
  return seen === null ? UNSTAMPED : { version: versionsBetween(seen, seen) };
}
