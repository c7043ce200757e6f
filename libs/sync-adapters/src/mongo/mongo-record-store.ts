import {
  isMet,
  KeyOccupiedError,
  refusal,
  type EntityDefinition,
  type Page,
  type Precondition,
  type RecordPage,
  type RecordState,
  type RecordStore,
  type RemoveCommand,
  type RemoveResult,
  type RenameCommand,
  type RenameResult,
  type SyncRecord,
  type WriteCommand,
  type WriteResult,
} from '@redis-mongo-sync/sync-core';
import type { ClientSession, Collection, Db, Document, MongoClient } from 'mongodb';
import { OneAtATime } from '../one-at-a-time.js';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { imageOf, recordIn, recordOf } from './documents.js';
import { documentIn, findDocuments } from './find-documents.js';
import { LostRaceError, transactOnce, untilDecided } from './lost-races.js';
import { isDuplicateKey, withMongoErrors } from './mongo-errors.js';
import { RAW_DOCUMENTS } from './read-documents.js';
import { keyInMongo, meeting, withUsableKey } from './record-filters.js';
import { RecordWriter, type RecordWrite, type WriteCondition } from './record-writer.js';
import { Tombstones } from './tombstones.js';
import { writePipeline } from './update-pipelines.js';

export interface MongoRecordStoreOptions {
  /** Needed for transactions. */
  readonly client: MongoClient;
  readonly db: Db;
  readonly entity: EntityDefinition;
  /** How long tombstones are kept, ms. */
  readonly tombstoneTtlMs?: number;
}

/**
 * Mongo as its clients see it. A change of a living record is one command; what concerns its tombstone as well – that it
 * is created, removed or renamed – is a transaction.
 */
export class MongoRecordStore implements RecordStore {
  private readonly entity: EntityDefinition;
  private readonly collection: Collection;
  private readonly writer: RecordWriter;
  private readonly turns = new OneAtATime();

  constructor(private readonly options: MongoRecordStoreOptions) {
    const { db, entity, tombstoneTtlMs = DEFAULT_TOMBSTONE_TTL_MS } = options;
    this.entity = entity;
    this.collection = db.collection(entity.collection, { writeConcern: { w: 'majority' } });
    const tombstones = new Tombstones(db, tombstoneTtlMs);
    this.writer = new RecordWriter({ collection: this.collection, tombstones, entity });
  }

  async get(key: string): Promise<RecordState> {
    const { state } = await withMongoErrors(() => this.writer.see(key));
    return state;
  }

  /** Documents that are no records are left out. */
  async list({ limit, after }: Page): Promise<RecordPage> {
    const records: SyncRecord[] = [];
    for (let from = after === undefined ? undefined : keyInMongo(this.entity, after); ;) {
      const documents = await withMongoErrors(() => this.page(from, limit + 1));
      for (const document of documents) {
        const image = imageOf(this.entity, document);
        if (image) records.push(recordIn(image));
      }
      const last = records.at(limit - 1);
      if (records.length > limit && last) return { records: records.slice(0, limit), next: last.key };
      if (documents.length <= limit) return { records };
      from = documents.at(-1)?.[this.entity.keyField] as unknown;
    }
  }

  write(command: WriteCommand): Promise<WriteResult> {
    return untilDecided(
      this.entity.keyField,
      async () => (await this.update(command)) ?? (await this.create(command)) ?? this.look(command),
    );
  }

  remove({ key, precondition }: RemoveCommand): Promise<RemoveResult> {
    const at = meeting(this.entity, key, precondition);
    return untilDecided(this.entity.keyField, async () => {
      const result = await this.transact(key, async (session) => {
        // A look before would be one more moment for other writers to be quicker.
        const removed = precondition.kind === 'absent' ? null : await this.writer.removeAt(at, { session });
        if (removed) return removed;
        return this.writer.remove(await this.writer.see(key, { session }), conditionOf(precondition), {
          session,
        });
      });
      if ('current' in result) return refusal(precondition, result.current);
      return { outcome: 'removed', version: result.version };
    });
  }

  rename(command: RenameCommand): Promise<RenameResult> {
    const { key, newKey, precondition } = command;
    if (newKey === key) return Promise.resolve({ outcome: 'taken' });
    const write = { ...recordWriteOf(command), newKey };
    return untilDecided(this.entity.keyField, async () => {
      const result = await this.transact(key, async (session) =>
        this.writer.rename(await this.writer.see(key, { session }), write, { session }),
      );
      if (result.outcome === 'taken') return { outcome: 'taken' };
      if ('current' in result) return refusal(precondition, result.current);
      return { outcome: 'renamed', record: result.record, removedVersion: result.record.version };
    });
  }

  /** Transactions do not wait for each other, they fail each other: those on one record take turns here. */
  private transact<T>(key: string, step: (session: ClientSession) => Promise<T>): Promise<T> {
    return this.turns.run(key, () => transactOnce(this.options.client, step));
  }

  private page(after: unknown, limit: number): Promise<Document[]> {
    const sort = { [this.entity.keyField]: 1 } as const;
    return findDocuments(this.collection, withUsableKey(this.entity, after), { sort, limit });
  }

  /** `null`: there is no living record that meets the precondition. */
  private async update(command: WriteCommand): Promise<WriteResult | null> {
    const { key, precondition } = command;
    if (precondition.kind === 'absent') return null;
    const updated = await this.collection.findOneAndUpdate(
      meeting(this.entity, key, precondition),
      writePipeline(this.entity, command),
      { ...RAW_DOCUMENTS, returnDocument: 'after' },
    );
    return updated && { outcome: 'updated', record: recordOf(this.entity, documentIn(updated) ?? {}) };
  }

  /**
   * Above the tombstone that is there. A transaction, because the record may be deleted between the look at that and the
   * write: then the two conflict. `null`: there is a record, or none is to be created.
   */
  private async create(command: WriteCommand): Promise<WriteResult | null> {
    const { create, precondition } = command;
    if (!create || (precondition.kind !== 'none' && precondition.kind !== 'absent')) return null;
    try {
      const { record } = await this.transact(command.key, (session) =>
        this.writer.create(command, { session }),
      );
      return { outcome: 'created', record };
    } catch (error) {
      if (!isDuplicateKey(error, this.entity.keyField)) throw error;
      return null;
    }
  }

  /** Over what is seen: an unstamped document, say. Otherwise the write is refused. */
  private async look(command: WriteCommand): Promise<WriteResult> {
    const { key, create, precondition } = command;
    const seen = await this.writer.see(key);
    if (seen.occupied && create) throw new KeyOccupiedError(key);
    const { state } = seen;
    if (state.state !== 'live' && create && isMet(precondition, state)) throw new LostRaceError();
    const result = await this.writer.update(seen, recordWriteOf(command));
    return 'current' in result ? refusal(precondition, result.current) : result;
  }
}

function recordWriteOf({ mode, set, unset, precondition }: WriteCommand): RecordWrite {
  return { mode, set, unset, condition: conditionOf(precondition) };
}

function conditionOf(precondition: Precondition): WriteCondition {
  return (current) => isMet(precondition, current);
}
