import type {
  EntityDefinition,
  UnsyncableDocument,
  UnsyncableLog,
  UnsyncableReason,
} from '@redis-mongo-sync/sync-core';
import type { Collection, Db } from 'mongodb';
import { withMongoErrors } from './mongo-errors.js';

/** Of the documents that are not synced. */
export const UNSYNCABLE_COLLECTION = 'sync_unsyncable';

/** A document that is not synced, as it is listed. */
export interface ListedDocument {
  readonly entity: string;
  /** Text of its `_id`. */
  readonly id: string;
  readonly reason: UnsyncableReason;
  /** Since when, epoch ms. */
  readonly since: number;
}

export interface UnsyncableQuery {
  readonly entity: EntityDefinition;
  readonly limit: number;
  /** The last id of the page before. */
  readonly after?: string;
}

interface ListDocument {
  readonly _id: { readonly entity: string; readonly id: string };
  readonly reason: UnsyncableReason;
  readonly since: Date;
}

/**
 * The list of documents that are not synced, in `sync_unsyncable`.
 *
 * Capture strikes off every document that it sees to be good. It remembers what is on the list, or each change would cost
 * a look at it; another process that captures remembers for itself, from when it begins.
 */
export class MongoUnsyncableLog implements UnsyncableLog {
  private readonly collection: Collection<ListDocument>;
  private listed: Promise<Set<string>> | null = null;

  constructor(db: Db) {
    this.collection = db.collection(UNSYNCABLE_COLLECTION, { writeConcern: { w: 'majority' } });
  }

  async note(documents: readonly UnsyncableDocument[]): Promise<void> {
    const since = new Date();
    const operations = documents.map(({ entity, id, reason }) => ({
      updateOne: {
        filter: { _id: { entity: entity.name, id } },
        update: { $set: { reason }, $setOnInsert: { since } },
        upsert: true,
      },
    }));
    await withMongoErrors(() => this.collection.bulkWrite(operations, { ordered: false }));
    const listed = await this.remembered();
    for (const { entity, id } of documents) listed.add(nameOf(entity.name, id));
  }

  async strike(documents: readonly Omit<UnsyncableDocument, 'reason'>[]): Promise<void> {
    const listed = await this.remembered();
    const good = documents.filter(({ entity, id }) => listed.has(nameOf(entity.name, id)));
    if (good.length === 0) return;
    const ids = good.map(({ entity, id }) => ({ entity: entity.name, id }));
    await withMongoErrors(() => this.collection.deleteMany({ _id: { $in: ids } }));
    for (const { entity, id } of good) listed.delete(nameOf(entity.name, id));
  }

  /** Forgets what is remembered: another process may have captured meanwhile. */
  forget(): void {
    this.listed = null;
  }

  /** How many documents of the entity are on the list, by reason. */
  async count({ name }: EntityDefinition): Promise<Partial<Record<UnsyncableReason, number>>> {
    const stages = [{ $match: { '_id.entity': name } }, { $group: { _id: '$reason', count: { $sum: 1 } } }];
    const rows = await withMongoErrors(() =>
      this.collection.aggregate<{ _id: UnsyncableReason; count: number }>(stages).toArray(),
    );
    return Object.fromEntries(rows.map(({ _id, count }) => [_id, count]));
  }

  /** In the order of the texts of their ids. */
  async list({ entity, limit, after }: UnsyncableQuery): Promise<readonly ListedDocument[]> {
    const id = after === undefined ? {} : { '_id.id': { $gt: after } };
    const rows = await withMongoErrors(() =>
      this.collection
        .find({ '_id.entity': entity.name, ...id })
        .sort({ '_id.id': 1 })
        .limit(limit)
        .toArray(),
    );
    return rows.map(({ _id, reason, since }) => ({ ..._id, reason, since: since.getTime() }));
  }

  private remembered(): Promise<Set<string>> {
    this.listed ??= this.readNames().catch((error: unknown) => {
      this.listed = null;
      throw error;
    });
    return this.listed;
  }

  private async readNames(): Promise<Set<string>> {
    const rows = await withMongoErrors(() => this.collection.find({}, { projection: { _id: 1 } }).toArray());
    return new Set(rows.map(({ _id }) => nameOf(_id.entity, _id.id)));
  }
}

function nameOf(entity: string, id: string): string {
  return `${entity} ${id}`;
}
