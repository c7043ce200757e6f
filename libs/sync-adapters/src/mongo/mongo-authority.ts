import type {
  BurialRequest,
  EntityDefinition,
  MongoAuthority,
  MongoImage,
  StampRequest,
} from '@redis-mongo-sync/sync-core';
import type { AnyBulkWriteOperation, Db, Document, Filter } from 'mongodb';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { idFromText } from './document-ids.js';
import { stampedWith, UNSTAMPED_DOCUMENTS } from './document-stamp.js';
import { imageOf, type DocumentImage } from './documents.js';
import { findDocuments } from './find-documents.js';
import { withMongoErrors } from './mongo-errors.js';
import { holding, keyedIn } from './record-filters.js';
import { imageOfTombstone, Tombstones } from './tombstones.js';
import { stampPipeline } from './update-pipelines.js';

/** Stamps and tombstones for what outsiders did to Mongo's documents. */
export class MongoDocumentAuthority implements MongoAuthority {
  private readonly stones: Tombstones;

  constructor(
    private readonly db: Db,
    tombstoneTtlMs = DEFAULT_TOMBSTONE_TTL_MS,
  ) {
    this.stones = new Tombstones(db, tombstoneTtlMs);
  }

  async current(entity: EntityDefinition, keys: readonly string[]): Promise<ReadonlyMap<string, MongoImage>> {
    return withMongoErrors(async () => {
      const documents = await findDocuments(this.collection(entity), keyedIn(entity, keys));
      const found = new Map<string, MongoImage>();
      for (const document of documents) {
        const image = imageOf(entity, document);
        if (image) found.set(image.key, image);
      }
      const others = keys.filter((key) => !found.has(key));
      for (const [key, stone] of await this.stones.find(entity, others))
        found.set(key, imageOfTombstone(key, stone));
      return found;
    });
  }

  async tombstones(entity: EntityDefinition, keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const found = await withMongoErrors(() => this.stones.find(entity, keys));
    return new Map([...found].map(([key, { version }]) => [key, version]));
  }

  async stamp(entity: EntityDefinition, requests: readonly StampRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const operations = requests.map(({ id, seen, floor, ...more }): AnyBulkWriteOperation => ({
      updateOne: {
        filter: { _id: idFromText(id), ...seenFilter(seen) } as Filter<Document>,
        update: stampPipeline(entity, { ...more, floor: Math.max(floor, seen ?? 0) }),
      },
    }));
    await withMongoErrors(() => this.collection(entity).bulkWrite(operations, { ordered: false }));
  }

  /** A document that appears between the look and the tombstone is stamped above that. */
  async bury(entity: EntityDefinition, { key, floor, gone }: BurialRequest): Promise<'buried' | 'taken'> {
    return withMongoErrors(async () => {
      if (await this.livingAt(entity, key)) return 'taken';
      const stone = await this.stones.get(entity, key);
      if (stone && stone.version > gone) return 'buried';
      const version = await this.stones.putNow(entity, key, { floor, owned: stone?.owned ?? {} });
      const beside = await this.livingAt(entity, key);
      if (!beside) return 'buried';
      if ((beside.version ?? 0) < version)
        await this.stamp(entity, [{ id: beside.id, seen: beside.version, floor: version }]);
      return 'taken';
    });
  }

  private async livingAt(entity: EntityDefinition, key: string): Promise<DocumentImage | null> {
    const [holder] = await findDocuments(this.collection(entity), holding(entity, key));
    return holder ? imageOf(entity, holder) : null;
  }

  private collection(entity: EntityDefinition) {
    return this.db.collection(entity.collection, { writeConcern: { w: 'majority' } });
  }
}

function seenFilter(seen: number | null): Document {
  return seen === null ? UNSTAMPED_DOCUMENTS : stampedWith(seen);
}
