import type { EntityDefinition, JsonObject, RecordState } from '@redis-mongo-sync/sync-core';
import { ObjectId, type ClientSession, type Collection, type Document, type Filter } from 'mongodb';
import { OneAtATime } from '../one-at-a-time.js';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { recordOf } from './documents.js';
import { transactOnce, untilDecided } from './lost-races.js';
import { withMongoErrors } from './mongo-errors.js';
import type { MongoRecordStoreOptions } from './mongo-record-store.js';
import { keyed, usable } from './record-filters.js';
import { RecordWriter, type WriteCondition } from './record-writer.js';
import type {
  CreateByIdResult,
  IdentifiedPage,
  RecordChange,
  RemoveByIdResult,
  ReplaceByIdResult,
  ReplaceCommand,
} from './records-by-id.js';

/**
 * Runs in the transaction of a write, after it: what it writes with `session` stands or falls with the write. May run
 * more than once for one write, when the transaction is tried again.
 */
export type Alongside = (change: RecordChange, session: ClientSession) => Promise<void>;

/**
 * The records of {@link MongoRecordStore}, addressed by their `_id`, which stays when the record key changes. Each
 * write is a transaction, so that something else – an announcement of the write – can be part of it.
 */
export class MongoRecordsById {
  private readonly entity: EntityDefinition;
  private readonly collection: Collection;
  private readonly writer: RecordWriter;
  private readonly writers = new OneAtATime();

  constructor(private readonly options: MongoRecordStoreOptions) {
    const { db, entity, tombstoneTtlMs = DEFAULT_TOMBSTONE_TTL_MS } = options;
    this.entity = entity;
    this.collection = db.collection(entity.collection, { writeConcern: { w: 'majority' } });
    this.writer = new RecordWriter({ collection: this.collection, entity, tombstoneTtlMs });
  }

  async get(id: string): Promise<RecordState> {
    const { state } = await withMongoErrors(() => this.writer.see(identified(id)));
    return state;
  }

  /** Living records in the order of their ids, that is, about the order of their creation. */
  async list({ limit, after }: { limit: number; after?: string }): Promise<IdentifiedPage> {
    const beyond = { $type: 'objectId', ...(after === undefined ? {} : { $gt: new ObjectId(after) }) };
    const documents = await withMongoErrors(() =>
      this.collection
        .find({ ...usable(this.entity), _id: beyond } as Filter<Document>)
        .sort({ _id: 1 })
        .limit(limit + 1)
        .toArray(),
    );
    const records = documents
      .slice(0, limit)
      .map((document) => ({ id: String(document._id), ...recordOf(this.entity, document) }));
    const last = records.at(-1);
    return documents.length > limit && last ? { records, next: last.id } : { records };
  }

  /** Creates the record, or brings back a deleted one, which keeps its id. */
  create(key: string, fields: JsonObject, alongside: Alongside = nothing): Promise<CreateByIdResult> {
    const condition = ({ state }: RecordState) => state !== 'live';
    const write = { mode: 'replace', set: fields, unset: [], condition, createAs: key } as const;
    return this.transaction(key, async (session) => {
      const result = await this.writer.write(keyed(this.entity, key), write, { session });
      if ('current' in result) return { outcome: 'taken', id: result.id ?? '' };
      const record = { id: result.id, ...result.record };
      await alongside({ kind: 'created', ...record }, session);
      return { outcome: 'created', record };
    });
  }

  /** Replaces the shared fields, and the key where it is another one: then the old key gets a tombstone. */
  replace(
    id: string,
    { key: newKey, fields, condition }: ReplaceCommand,
    alongside: Alongside = nothing,
  ): Promise<ReplaceByIdResult> {
    const write = { mode: 'replace', set: fields, unset: [], condition, newKey } as const;
    return this.transaction(id, async (session) => {
      const result = await this.writer.rename(identified(id), write, { session });
      if (result.outcome !== 'updated') return result;
      const record = { id: result.id, ...result.record };
      const { previousKey } = result;
      const renamed = previousKey === undefined ? {} : { previousKey };
      await alongside({ kind: 'updated', ...record, ...renamed }, session);
      return { outcome: 'updated', record, ...renamed };
    });
  }

  remove(id: string, condition: WriteCondition, alongside: Alongside = nothing): Promise<RemoveByIdResult> {
    return this.transaction(id, async (session) => {
      const result = await this.writer.remove(identified(id), condition, { session });
      if (result.outcome !== 'removed') return result;
      const { id: documentId, record, version } = result;
      const change = { ...record, id: documentId, version, source: 'mongo' } as const;
      await alongside({ kind: 'deleted', ...change }, session);
      return { outcome: 'removed', key: record.key, version };
    });
  }

  /** Transactions do not wait for each other, they fail each other: those on one record take turns here. */
  private transaction<T>(record: string, step: (session: ClientSession) => Promise<T>): Promise<T> {
    const attempt = () => transactOnce(this.options.client, step);
    return this.writers.run(record, () => untilDecided(this.entity.keyField, attempt));
  }
}

const nothing: Alongside = () => Promise.resolve();

/** Ids that are no ObjectIds name nothing. */
function identified(id: string): Filter<Document> {
  return ObjectId.isValid(id) ? { _id: new ObjectId(id) } : { _id: { $in: [] } };
}
