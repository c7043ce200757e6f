import {
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
import type { ClientSession, Collection, Db, Document, Filter, MongoClient } from 'mongodb';
import { recordOf, stateOf } from './documents.js';
import { isDuplicateKey, withMongoErrors } from './mongo-errors.js';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { mergePipeline, replacePipeline, tombstonePipeline } from './update-pipelines.js';

export interface MongoRecordStoreOptions {
  /** Needed for the transaction of a change of key. */
  readonly client: MongoClient;
  readonly db: Db;
  readonly entity: EntityDefinition;
  /** How long tombstones are kept, ms. */
  readonly tombstoneTtlMs?: number;
}

const LIVE = { deleted: { $ne: true } };

/** Mongo as its clients see it: each write gets its version inside the server, in the same atomic step. */
export class MongoRecordStore implements RecordStore {
  private readonly entity: EntityDefinition;
  private readonly collection: Collection;
  private readonly tombstoneTtlMs: number;

  constructor(private readonly options: MongoRecordStoreOptions) {
    this.entity = options.entity;
    this.collection = options.db.collection(options.entity.collection, { writeConcern: { w: 'majority' } });
    this.tombstoneTtlMs = options.tombstoneTtlMs ?? DEFAULT_TOMBSTONE_TTL_MS;
  }

  async get(key: string): Promise<RecordState> {
    return withMongoErrors(() => this.read(key));
  }

  async list({ limit, after }: Page): Promise<RecordPage> {
    // Compared with a string, documents that somebody wrote without a usable key are left out.
    const filter = { ...LIVE, [this.entity.keyField]: { $gt: after ?? '' } };
    const documents = await withMongoErrors(() =>
      this.collection
        .find(filter)
        .sort({ [this.entity.keyField]: 1 })
        .limit(limit + 1)
        .toArray(),
    );
    const records = documents.slice(0, limit).map((document) => recordOf(this.entity, document));
    const last = records.at(-1);
    return documents.length > limit && last ? { records, next: last.key } : { records };
  }

  async write(command: WriteCommand): Promise<WriteResult> {
    return withMongoErrors(async () => {
      const { precondition } = command;
      if (command.create && isNone(precondition)) return this.upsert(command);
      if (command.create && precondition.kind === 'absent') {
        const created = (await this.insert(command)) ?? (await this.revive(command));
        if (created) return { outcome: 'created', record: recordOf(this.entity, created) };
      } else if (precondition.kind !== 'absent') {
        const updated = await this.update(command);
        if (updated) return { outcome: 'updated', record: recordOf(this.entity, updated) };
      }
      return this.refusal(command.key, precondition);
    });
  }

  async remove({ key, precondition }: RemoveCommand): Promise<RemoveResult> {
    return withMongoErrors(async () => {
      if (precondition.kind === 'absent') return this.refusal(key, precondition);
      const buried = await this.collection.findOneAndUpdate(
        this.living(key, precondition),
        tombstonePipeline(this.entity, this.keyValue(key), { ttlMs: this.tombstoneTtlMs }),
        { returnDocument: 'after' },
      );
      if (buried) return { outcome: 'removed', version: versionOf(stateOf(this.entity, buried)) };
      return this.refusal(key, precondition);
    });
  }

  async rename(command: RenameCommand): Promise<RenameResult> {
    return withMongoErrors(() =>
      this.options.client.withSession((session) =>
        session.withTransaction(() => this.renameIn(session, command), { writeConcern: { w: 'majority' } }),
      ),
    );
  }

  /** In one transaction: the document takes the new key, and a tombstone takes the old one. */
  private async renameIn(session: ClientSession, command: RenameCommand): Promise<RenameResult> {
    const taken = await this.collection.findOne(this.at(command.newKey), { session });
    const there = stateOf(this.entity, taken);
    if (there.state === 'live') return { outcome: 'taken' };
    if (taken) await this.collection.deleteOne({ _id: taken._id }, { session });
    const moved = await this.collection.findOneAndUpdate(
      this.living(command.key, command.precondition),
      this.pipelineOf({ ...command, key: command.newKey }, versionOf(there)),
      { session, returnDocument: 'after' },
    );
    if (!moved) {
      await session.abortTransaction();
      return this.refusal(command.key, command.precondition);
    }
    const record = recordOf(this.entity, moved);
    await this.collection.updateOne(
      this.never(command.key),
      tombstonePipeline(this.entity, this.keyValue(command.key), {
        ttlMs: this.tombstoneTtlMs,
        floor: record.version - 1,
      }),
      { session, upsert: true },
    );
    return { outcome: 'renamed', record, removedVersion: record.version };
  }

  private update(command: WriteCommand): Promise<Document | null> {
    const filter = this.living(command.key, command.precondition);
    return this.collection.findOneAndUpdate(filter, this.pipelineOf(command), { returnDocument: 'after' });
  }

  /** One command, unless a tombstone stands there. */
  private async upsert(command: WriteCommand): Promise<WriteResult> {
    for (;;) {
      try {
        const { value, lastErrorObject } = await this.collection.findOneAndUpdate(
          this.living(command.key, command.precondition),
          this.pipelineOf(command),
          { upsert: true, returnDocument: 'after', includeResultMetadata: true },
        );
        const outcome = lastErrorObject?.updatedExisting === true ? 'updated' : 'created';
        if (value) return { outcome, record: recordOf(this.entity, value) };
      } catch (error) {
        if (!isDuplicateKey(error, this.entity.keyField)) throw error;
        const revived = await this.revive(command);
        if (revived) return { outcome: 'created', record: recordOf(this.entity, revived) };
        // Neither living nor buried: somebody else revived it in between, or it was purged. Look again.
      }
    }
  }

  /** `null` when something stands there, living or buried. */
  private async insert(command: WriteCommand): Promise<Document | null> {
    try {
      return await this.collection.findOneAndUpdate(this.never(command.key), this.pipelineOf(command), {
        upsert: true,
        returnDocument: 'after',
      });
    } catch (error) {
      if (isDuplicateKey(error, this.entity.keyField)) return null;
      throw error;
    }
  }

  /** `null` when no tombstone stands there. */
  private revive(command: WriteCommand): Promise<Document | null> {
    const buried = { ...this.at(command.key), deleted: true };
    return this.collection.findOneAndUpdate(buried, this.pipelineOf(command), { returnDocument: 'after' });
  }

  private async refusal(
    key: string,
    precondition: Precondition,
  ): Promise<{ outcome: 'absent' } | { outcome: 'precondition-failed'; current: RecordState }> {
    if (isNone(precondition)) return { outcome: 'absent' };
    return { outcome: 'precondition-failed', current: await this.read(key) };
  }

  private pipelineOf(command: WriteCommand, floor = 0): Document[] {
    const key = this.keyValue(command.key);
    return command.mode === 'replace'
      ? replacePipeline(this.entity, key, command.set, floor)
      : mergePipeline(key, command.set, command.unset, floor);
  }

  private async read(key: string): Promise<RecordState> {
    return stateOf(this.entity, await this.collection.findOne(this.at(key)));
  }

  private living(key: string, precondition: Precondition): Filter<Document> {
    const version = precondition.kind === 'version' ? { version: precondition.version } : {};
    return { ...this.at(key), ...LIVE, ...version };
  }

  private at(key: string): Filter<Document> {
    return { [this.entity.keyField]: key };
  }

  /** Matches no document, so that an upsert inserts – or meets the unique index. */
  private never(key: string): Filter<Document> {
    return { ...this.at(key), version: { $lt: 0 } };
  }

  private keyValue(key: string) {
    return { field: this.entity.keyField, value: key };
  }
}

function isNone(precondition: Precondition): boolean {
  return precondition.kind === 'none';
}
