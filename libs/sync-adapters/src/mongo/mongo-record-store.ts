import {
  isMet,
  refusal,
  versionOf,
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
  type WriteCommand,
  type WriteResult,
} from '@redis-mongo-sync/sync-core';
import type { Collection, Db, MongoClient } from 'mongodb';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { recordOf, stateOf } from './documents.js';
import { transactOnce, untilDecided } from './lost-races.js';
import { isDuplicateKey, withMongoErrors } from './mongo-errors.js';
import { keyed, living, usable, vacant } from './record-filters.js';
import { RecordWriter, type RecordWrite, type WriteCondition } from './record-writer.js';
import { tombstonePipeline, writePipeline } from './update-pipelines.js';

export interface MongoRecordStoreOptions {
  /** Needed for transactions. */
  readonly client: MongoClient;
  readonly db: Db;
  readonly entity: EntityDefinition;
  /** How long tombstones are kept, ms. */
  readonly tombstoneTtlMs?: number;
}

/**
 * Mongo as its clients see it. One command does what nearly every write meets; {@link RecordWriter} looks at the
 * document where that one was refused.
 */
export class MongoRecordStore implements RecordStore {
  private readonly entity: EntityDefinition;
  private readonly collection: Collection;
  private readonly tombstoneTtlMs: number;
  private readonly writer: RecordWriter;

  constructor(private readonly options: MongoRecordStoreOptions) {
    const { db, entity, tombstoneTtlMs = DEFAULT_TOMBSTONE_TTL_MS } = options;
    this.entity = entity;
    this.collection = db.collection(entity.collection, { writeConcern: { w: 'majority' } });
    this.tombstoneTtlMs = tombstoneTtlMs;
    this.writer = new RecordWriter({ collection: this.collection, entity, tombstoneTtlMs });
  }

  async get(key: string): Promise<RecordState> {
    const { state } = await withMongoErrors(() => this.writer.see(keyed(this.entity, key)));
    return state;
  }

  async list({ limit, after }: Page): Promise<RecordPage> {
    const documents = await withMongoErrors(() =>
      this.collection
        .find(usable(this.entity, after))
        .sort({ [this.entity.keyField]: 1 })
        .limit(limit + 1)
        .toArray(),
    );
    const records = documents.slice(0, limit).map((document) => recordOf(this.entity, document));
    const last = records.at(-1);
    return documents.length > limit && last ? { records, next: last.key } : { records };
  }

  write(command: WriteCommand): Promise<WriteResult> {
    return untilDecided(
      this.entity.keyField,
      async () => (await this.writeUnseen(command)) ?? this.writeSeen(command),
    );
  }

  remove(command: RemoveCommand): Promise<RemoveResult> {
    return untilDecided(
      this.entity.keyField,
      async () => (await this.removeUnseen(command)) ?? this.removeSeen(command),
    );
  }

  rename(command: RenameCommand): Promise<RenameResult> {
    const { key, newKey, precondition } = command;
    if (newKey === key) return Promise.resolve({ outcome: 'taken' });
    const write = { ...recordWriteOf(command), newKey };
    return untilDecided(this.entity.keyField, async () => {
      const result = await transactOnce(this.options.client, (session) =>
        this.writer.rename(keyed(this.entity, key), write, { session }),
      );
      if (result.outcome === 'taken') return { outcome: 'taken' };
      if ('current' in result) return refusal(precondition, result.current);
      return { outcome: 'renamed', record: result.record, removedVersion: result.record.version };
    });
  }

  /** `null`: the record is not as this one command needs it. */
  private async writeUnseen(command: WriteCommand): Promise<WriteResult | null> {
    const { key, create, precondition } = command;
    const upsert = create && (precondition.kind === 'none' || precondition.kind === 'absent');
    const filter =
      precondition.kind === 'absent' ? vacant(this.entity, key) : living(this.entity, key, precondition);
    try {
      const { value, lastErrorObject } = await this.collection.findOneAndUpdate(
        filter,
        writePipeline(this.entity, command),
        { upsert, returnDocument: 'after', includeResultMetadata: true },
      );
      if (!value) return null;
      const outcome = lastErrorObject?.updatedExisting === true ? 'updated' : 'created';
      return { outcome, record: recordOf(this.entity, value) };
    } catch (error) {
      // A tombstone has the key, or a record that was to be absent.
      if (isDuplicateKey(error, this.entity.keyField)) return null;
      throw error;
    }
  }

  private async writeSeen(command: WriteCommand): Promise<WriteResult> {
    const { key, create, precondition } = command;
    const write = { ...recordWriteOf(command), createAs: create ? key : undefined };
    const result = await this.writer.write(keyed(this.entity, key), write);
    if ('current' in result) return refusal(precondition, result.current);
    return { outcome: result.outcome, record: result.record };
  }

  /** `null`: the record is not as this one command needs it. */
  private async removeUnseen({ key, precondition }: RemoveCommand): Promise<RemoveResult | null> {
    if (precondition.kind === 'absent') return null;
    const tombstone = await this.collection.findOneAndUpdate(
      living(this.entity, key, precondition),
      tombstonePipeline(this.entity, key, { ttlMs: this.tombstoneTtlMs }),
      { returnDocument: 'after' },
    );
    return tombstone && { outcome: 'removed', version: versionOf(stateOf(this.entity, tombstone)) };
  }

  private async removeSeen({ key, precondition }: RemoveCommand): Promise<RemoveResult> {
    const result = await this.writer.remove(keyed(this.entity, key), conditionOf(precondition));
    if ('current' in result) return refusal(precondition, result.current);
    return { outcome: 'removed', version: result.version };
  }
}

function recordWriteOf({ mode, set, unset, precondition }: WriteCommand): RecordWrite {
  return { mode, set, unset, condition: conditionOf(precondition) };
}

function conditionOf(precondition: Precondition): WriteCondition {
  return (current) => isMet(precondition, current);
}
