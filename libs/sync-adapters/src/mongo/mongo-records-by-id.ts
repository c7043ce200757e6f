import {
  KeyOccupiedError,
  type EntityDefinition,
  type JsonObject,
  type RecordState,
} from '@redis-mongo-sync/sync-core';
import { MinKey, type ClientSession, type Collection, type Document } from 'mongodb';
import { OneAtATime } from '../one-at-a-time.js';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { idFromPublic, idFromText, idText, publicId } from './document-ids.js';
import { imageOf, recordIn } from './documents.js';
import { findDocuments } from './find-documents.js';
import { transactOnce, untilDecided } from './lost-races.js';
import { withMongoErrors } from './mongo-errors.js';
import type { MongoRecordStoreOptions } from './mongo-record-store.js';
import { withUsableKey } from './record-filters.js';
import { RecordWriter, type WriteCondition } from './record-writer.js';
import { Tombstones } from './tombstones.js';
import type {
  CreateByIdResult,
  IdentifiedPage,
  IdentifiedRecord,
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
    const tombstones = new Tombstones(db, tombstoneTtlMs);
    this.writer = new RecordWriter({ collection: this.collection, tombstones, entity });
  }

  async get(id: string): Promise<RecordState> {
    const { state } = await withMongoErrors(() => this.look(id));
    return state;
  }

  /** Living records in the order of their ids, that is, about the order of their creation. */
  async list({ limit, after }: { limit: number; after?: string }): Promise<IdentifiedPage> {
    const records: IdentifiedRecord[] = [];
    for (let from = after === undefined ? undefined : idFromPublic(after); ;) {
      const documents = await withMongoErrors(() => this.page(from, limit + 2));
      const fresh =
        from === undefined ? documents : documents.filter(({ _id }) => idText(_id) !== idText(from));
      for (const document of fresh) {
        const image = imageOf(this.entity, document);
        if (image) records.push({ id: publicId(document._id), ...recordIn(image) });
      }
      const last = records.at(limit - 1);
      if (records.length > limit && last) return { records: records.slice(0, limit), next: last.id };
      if (documents.length < limit + 2) return { records };
      from = documents.at(-1)?._id;
    }
  }

  /** What is no id names nothing. */
  private look(
    id: string,
    scope: { readonly session?: ClientSession } = {},
  ): ReturnType<RecordWriter['see']> {
    const value = idFromPublic(id);
    return this.writer.seeIdentified(value === undefined ? new MinKey() : value, scope);
  }

  /** From this id on, over ids of all types: `min` follows the index, where a comparison stays within one type. */
  private page(from: unknown, limit: number): Promise<Document[]> {
    const index = { _id: 1 } as const;
    const bound = from === undefined ? {} : { min: { _id: from } };
    return findDocuments(this.collection, withUsableKey(this.entity), {
      hint: index,
      sort: index,
      limit,
      ...bound,
    });
  }

  /** Creates the record; what a deleted one of this key had of fields that Mongo owns, it gets back. */
  create(key: string, fields: JsonObject, alongside: Alongside = nothing): Promise<CreateByIdResult> {
    const write = { key, mode: 'replace', set: fields, unset: [] } as const;
    return this.transaction(key, async (session) => {
      const { document, occupied } = await this.writer.see(key, { session });
      if (occupied) throw new KeyOccupiedError(key);
      if (document) return { outcome: 'taken', id: publicId(document._id) };
      const result = await this.writer.create(write, { session });
      const record = { id: publicIdOf(result.id), ...result.record };
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
      const seen = await this.look(id, { session });
      const result = await this.writer.rename(seen, write, { session });
      if (result.outcome !== 'updated') return result;
      const record = { id: publicIdOf(result.id), ...result.record };
      const { previousKey } = result;
      const renamed = previousKey === undefined ? {} : { previousKey };
      await alongside({ kind: 'updated', ...record, ...renamed }, session);
      return { outcome: 'updated', record, ...renamed };
    });
  }

  remove(id: string, condition: WriteCondition, alongside: Alongside = nothing): Promise<RemoveByIdResult> {
    return this.transaction(id, async (session) => {
      const seen = await this.look(id, { session });
      const result = await this.writer.remove(seen, condition, { session });
      if (result.outcome !== 'removed') return result;
      const { record, version } = result;
      const change = { ...record, id: publicIdOf(result.id), version, source: 'mongo' } as const;
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

function publicIdOf(text: string): string {
  return publicId(idFromText(text));
}
