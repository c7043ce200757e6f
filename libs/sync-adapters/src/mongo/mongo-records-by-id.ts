import {
  versionOf,
  type EntityDefinition,
  type JsonObject,
  type RecordState,
  type SyncRecord,
} from '@redis-mongo-sync/sync-core';
import {
  ObjectId,
  type ClientSession,
  type Collection,
  type Document,
  type Filter,
  type WithId,
} from 'mongodb';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { recordOf, stateOf } from './documents.js';
import { isDuplicateKey, withMongoErrors } from './mongo-errors.js';
import type { MongoRecordStoreOptions } from './mongo-record-store.js';
import type {
  CreateByIdResult,
  IdentifiedPage,
  IdentifiedRecord,
  RecordChange,
  RefusedById,
  RemoveByIdResult,
  ReplaceByIdResult,
  ReplaceCommand,
  WriteCondition,
} from './records-by-id.js';
import { replacePipeline, tombstonePipeline } from './update-pipelines.js';

export interface MongoRecordsByIdOptions extends MongoRecordStoreOptions {
  /**
   * Runs in the transaction of every write, after it: what it writes with `session` stands or falls with the write.
   * May run more than once for one write, when the transaction is tried again.
   */
  readonly alongside: (change: RecordChange, session: ClientSession) => Promise<void>;
}

/** Times that a write is tried again after somebody took its key in the same moment. */
const MAX_ATTEMPTS = 5;

const LIVE = { deleted: { $ne: true } };

/**
 * The records of {@link MongoRecordStore}, addressed by their `_id`, which stays when the record key changes. Each
 * write is a transaction, so that something else – an announcement of the write – can be part of it.
 */
export class MongoRecordsById {
  private readonly entity: EntityDefinition;
  private readonly collection: Collection;
  private readonly ttlMs: number;

  constructor(private readonly options: MongoRecordsByIdOptions) {
    this.entity = options.entity;
    this.collection = options.db.collection(options.entity.collection, { writeConcern: { w: 'majority' } });
    this.ttlMs = options.tombstoneTtlMs ?? DEFAULT_TOMBSTONE_TTL_MS;
  }

  /** Ids that are no ObjectIds name nothing. */
  async get(id: string): Promise<RecordState> {
    if (!ObjectId.isValid(id)) return { state: 'absent' };
    return withMongoErrors(async () => this.stateOf(await this.collection.findOne(at(id))));
  }

  /** Living records in the order of their ids, that is, about the order of their creation. */
  async list({ limit, after }: { limit: number; after?: string }): Promise<IdentifiedPage> {
    const beyond = after === undefined ? {} : { _id: { $gt: new ObjectId(after) } };
    const usable = { [this.entity.keyField]: { $gt: '' } };
    const documents = await withMongoErrors(() =>
      this.collection
        .find({ ...beyond, ...LIVE, ...usable })
        .sort({ _id: 1 })
        .limit(limit + 1)
        .toArray(),
    );
    const records = documents.slice(0, limit).map((document) => this.identified(document));
    const last = records.at(-1);
    return documents.length > limit && last ? { records, next: last.id } : { records };
  }

  /** Creates the record, or brings back a deleted one, which keeps its id. */
  create(key: string, fields: JsonObject): Promise<CreateByIdResult> {
    return this.transaction(async (session) => {
      const there = await this.collection.findOne(this.keyed(key), { session });
      if (there && this.stateOf(there).state === 'live') return { outcome: 'taken', id: String(there._id) };
      const created = await this.collection.findOneAndUpdate(
        there ? { _id: there._id, deleted: true } : this.never(key),
        replacePipeline(this.entity, this.keyValue(key), fields),
        { session, upsert: !there, returnDocument: 'after' },
      );
      const record = this.identified(created ?? stolen());
      await this.options.alongside({ kind: 'created', ...record }, session);
      return { outcome: 'created', record };
    });
  }

  /** Replaces the shared fields, and the key where it is another one: then the old key gets a tombstone. */
  replace(id: string, { key, fields, condition }: ReplaceCommand): Promise<ReplaceByIdResult> {
    return this.transaction(async (session) => {
      const found = await this.living(id, condition, session);
      if ('outcome' in found) return found;
      const previousKey = found.record.key;
      const newKey = key ?? previousKey;
      const floor = newKey === previousKey ? 0 : await this.vacate(newKey, session);
      if (floor === 'taken') return { outcome: 'taken' };
      const pipeline = replacePipeline(this.entity, this.keyValue(newKey), fields, floor);
      const updated = await this.compareAndSet(found.document, pipeline, session);
      const record = this.identified(updated);
      if (newKey !== previousKey) await this.buryKey(previousKey, record.version - 1, session);
      const renamed = newKey === previousKey ? {} : { previousKey };
      await this.options.alongside({ kind: 'updated', ...record, ...renamed }, session);
      return { outcome: 'updated', record, ...renamed };
    });
  }

  remove(id: string, condition: WriteCondition): Promise<RemoveByIdResult> {
    return this.transaction(async (session) => {
      const found = await this.living(id, condition, session);
      if ('outcome' in found) return found;
      const { key, fields } = found.record;
      const pipeline = tombstonePipeline(this.entity, this.keyValue(key), { ttlMs: this.ttlMs });
      const version = versionOf(this.stateOf(await this.compareAndSet(found.document, pipeline, session)));
      await this.options.alongside({ kind: 'deleted', id, key, fields, version, source: 'mongo' }, session);
      return { outcome: 'removed', key, version };
    });
  }

  /**
   * A key that somebody else took between reading and writing ends the transaction (E11000 aborts it); the next
   * attempt sees who has it.
   */
  private async transaction<T>(step: (session: ClientSession) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await withMongoErrors(() =>
          this.options.client.withSession((session) =>
            session.withTransaction(() => step(session), {
              readConcern: { level: 'snapshot' },
              writeConcern: { w: 'majority' },
            }),
          ),
        );
      } catch (error) {
        if (!isDuplicateKey(error, this.entity.keyField) || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  private async living(
    id: string,
    condition: WriteCondition,
    session: ClientSession,
  ): Promise<RefusedById | Living> {
    const document = ObjectId.isValid(id) ? await this.collection.findOne(at(id), { session }) : null;
    const current = this.stateOf(document);
    if (!condition(current)) return { outcome: 'precondition-failed', current };
    if (!document || current.state !== 'live') return { outcome: 'absent', current };
    return { document, record: current.record };
  }

  /** The version above which a record may take this key; removes the tombstone that stands there. */
  private async vacate(key: string, session: ClientSession): Promise<number | 'taken'> {
    const there = await this.collection.findOne(this.keyed(key), { session });
    const state = this.stateOf(there);
    if (state.state === 'live') return 'taken';
    if (there) await this.collection.deleteOne({ _id: there._id }, { session });
    return versionOf(state);
  }

  private async compareAndSet(seen: Document, pipeline: Document[], session: ClientSession) {
    const version: unknown = seen.version ?? null; // null also matches a document without one
    const filter: Filter<Document> = { _id: seen._id as ObjectId, version, ...LIVE };
    const options = { session, returnDocument: 'after' } as const;
    return (await this.collection.findOneAndUpdate(filter, pipeline, options)) ?? stolen();
  }

  private async buryKey(key: string, floor: number, session: ClientSession): Promise<void> {
    const pipeline = tombstonePipeline(this.entity, this.keyValue(key), { ttlMs: this.ttlMs, floor });
    await this.collection.updateOne(this.never(key), pipeline, { session, upsert: true });
  }

  private identified(document: Document): IdentifiedRecord {
    return { id: String(document._id), ...recordOf(this.entity, document) };
  }

  private stateOf(document: Document | null): RecordState {
    return stateOf(this.entity, document);
  }

  private keyed(key: string): Filter<Document> {
    return { [this.entity.keyField]: key };
  }

  /** Matches no document, so that an upsert inserts – or meets the unique index. */
  private never(key: string): Filter<Document> {
    return { ...this.keyed(key), version: { $lt: 0 } };
  }

  private keyValue(key: string) {
    return { field: this.entity.keyField, value: key };
  }
}

interface Living {
  readonly document: WithId<Document>;
  readonly record: SyncRecord;
}

function at(id: string): Filter<Document> {
  return { _id: new ObjectId(id) };
}

/** Within one snapshot nobody can have changed what was just read; a server that lets it happen must not go unseen. */
function stolen(): never {
  throw new Error('a document changed within the transaction that had read it');
}
