import {
  KeyOccupiedError,
  versionOf,
  type EntityDefinition,
  type RecordState,
  type SyncRecord,
  type WriteCommand,
} from '@redis-mongo-sync/sync-core';
import type { ClientSession, Collection, Document, Filter, WithId } from 'mongodb';
import { idText } from './document-ids.js';
import { imageOf, recordIn, recordOf } from './documents.js';
import { LostRaceError } from './lost-races.js';
import { documentIn } from './find-documents.js';
import { EXACT_VALUES, RAW_DOCUMENTS } from './read-documents.js';
import { holding, unchanged, vacant } from './record-filters.js';
import { stateOfTombstone, type Tombstone, type Tombstones } from './tombstones.js';
import { ownedIn, writePipeline, type RecordContents } from './update-pipelines.js';

/** Decides on the present state whether the write may happen. Pure: it may be asked more than once. */
export type WriteCondition = (current: RecordState) => boolean;

export interface RecordWrite extends Pick<WriteCommand, 'mode' | 'set' | 'unset'> {
  readonly condition: WriteCondition;
}

interface WrittenRecord {
  readonly id: string;
  readonly record: SyncRecord;
}

export interface RefusedWrite {
  readonly outcome: 'absent' | 'precondition-failed';
  readonly current: RecordState;
  /** Of the document that stands there, living or not. */
  readonly id?: string;
}

type UpdateOutcome = ({ readonly outcome: 'updated' } & WrittenRecord) | RefusedWrite;

type RenameOutcome =
  | ({ readonly outcome: 'updated'; readonly previousKey?: string } & WrittenRecord)
  | { readonly outcome: 'taken' }
  | RefusedWrite;

/** `record` is what was removed, `version` that of its tombstone. */
type RemoveOutcome =
  ({ readonly outcome: 'removed'; readonly version: number } & WrittenRecord) | RefusedWrite;

interface RecordWriterOptions {
  readonly collection: Collection;
  readonly tombstones: Tombstones;
  readonly entity: EntityDefinition;
}

/** The transaction that a step is part of, if any. */
interface WriteScope {
  readonly session?: ClientSession;
}

/** What there is of a record: a document, else a tombstone. */
interface Seen {
  readonly document: WithId<Document> | null;
  readonly tombstone: Tombstone | null;
  readonly state: RecordState;
  /** A document that is no record has the key. */
  readonly occupied: boolean;
}

/**
 * The one way of a client's write to a document, however it is addressed: look at it, decide, write it if it still is
 * what was seen. If it is not, the attempt ends with {@link LostRaceError} or with the unique index's refusal, and
 * `untilDecided` makes the next one. The server assigns the version in the same atomic step.
 */
export class RecordWriter {
  constructor(private readonly options: RecordWriterOptions) {}

  /** The record with this key. */
  async see(key: string, scope: WriteScope = {}): Promise<Seen> {
    const { entity, tombstones } = this.options;
    const seen = await this.seeDocument(holding(entity, key), scope);
    if (seen.document) return seen;
    const tombstone = await tombstones.get(entity, key, scope);
    return { ...seen, tombstone, state: stateOfTombstone(tombstone) };
  }

  /** The record in the document with this `_id`, or that it was deleted. */
  async seeIdentified(id: unknown, scope: WriteScope = {}): Promise<Seen> {
    const seen = await this.seeDocument({ _id: { $eq: id } } as Filter<Document>, scope);
    if (seen.document) return seen;
    const tombstone = await this.options.tombstones.ofDocument(this.options.entity, idText(id), scope);
    return { ...seen, tombstone, state: stateOfTombstone(tombstone) };
  }

  /** The record in the document that this matches. */
  private async seeDocument(at: Filter<Document>, scope: WriteScope = {}): Promise<Seen> {
    const { collection, entity } = this.options;
    const bytes = await collection.findOne(at, { ...scope, ...RAW_DOCUMENTS });
    const document = bytes && documentIn(bytes);
    const image = document && imageOf(entity, document);
    if (!image)
      return { document: null, tombstone: null, state: { state: 'absent' }, occupied: bytes !== null };
    return {
      document: document as WithId<Document>,
      tombstone: null,
      state: { state: 'live', record: recordIn(image) },
      occupied: false,
    };
  }

  /** Over the living record that was seen. */
  async update(
    seen: Seen,
    { condition, ...contents }: RecordWrite,
    scope: WriteScope = {},
  ): Promise<UpdateOutcome> {
    const { state } = seen;
    if (!condition(state)) return refused('precondition-failed', seen);
    if (state.state !== 'live') return refused('absent', seen);
    const { key } = state.record;
    return { outcome: 'updated', ...(await this.put(seen, { key, ...contents }, scope)) };
  }

  /** Creates the record, above its tombstone. A document that has the key makes the unique index refuse it. */
  async create(
    contents: Pick<WriteCommand, 'key' | 'mode' | 'set' | 'unset'>,
    scope: Required<WriteScope>,
  ): Promise<WrittenRecord> {
    const { entity, tombstones } = this.options;
    const { key, mode, set, unset } = contents;
    const tombstone = await tombstones.get(entity, key, scope);
    const nothing = { document: null, tombstone, state: stateOfTombstone(tombstone), occupied: false };
    return this.put(nothing, { key, mode, set, unset }, scope);
  }

  /** Gives the record another key, and the old key a tombstone; with the key that it has, or none, it is a plain write. */
  async rename(
    seen: Seen,
    { condition, newKey, ...contents }: RecordWrite & { readonly newKey?: string | undefined },
    scope: Required<WriteScope>,
  ): Promise<RenameOutcome> {
    const { state } = seen;
    if (!condition(state)) return refused('precondition-failed', seen);
    if (state.state !== 'live') return refused('absent', seen);
    const { key: previousKey } = state.record;
    const key = newKey ?? previousKey;
    const floor = key === previousKey ? 0 : await this.floorAt(key, scope);
    if (floor === 'taken') return { outcome: 'taken' };
    const updated = await this.put(seen, { key, ...contents, floor }, scope);
    if (key === previousKey) return { outcome: 'updated', ...updated };
    const { tombstones, entity } = this.options;
    await tombstones.putNow(entity, previousKey, { floor: updated.record.version - 1 }, scope);
    return { outcome: 'updated', ...updated, previousKey };
  }

  /** Removes the document that was seen and puts a tombstone, in the transaction of the scope. */
  async remove(seen: Seen, condition: WriteCondition, scope: Required<WriteScope>): Promise<RemoveOutcome> {
    const { document, state } = seen;
    if (!condition(state)) return refused('precondition-failed', seen);
    if (!document || state.state !== 'live') return refused('absent', seen);
    return (await this.removeAt(unchanged(this.options.entity, document), scope)) ?? lost();
  }

  /** The same with the document that this matches; `null`: there is none, or it is no record. */
  async removeAt(
    at: Filter<Document>,
    scope: Required<WriteScope>,
  ): Promise<Exclude<RemoveOutcome, RefusedWrite> | null> {
    const { collection, entity, tombstones } = this.options;
    const removed = await collection.findOneAndDelete(at, { ...scope, ...EXACT_VALUES });
    if (!removed) return null;
    const record = recordOf(entity, removed);
    const id = idText(removed._id);
    const burial = { floor: record.version, owned: ownedIn(entity, removed), id };
    const version = await tombstones.putNow(entity, record.key, burial, scope);
    return { outcome: 'removed', id, record, version };
  }

  /** Over the document that was seen, or as a new one above the tombstone. */
  private async put(seen: Seen, contents: RecordContents, scope: WriteScope): Promise<WrittenRecord> {
    const { collection, entity } = this.options;
    const { document, tombstone } = seen;
    if (seen.occupied) throw new KeyOccupiedError(contents.key);
    const options = { ...scope, ...RAW_DOCUMENTS, returnDocument: 'after' } as const;
    const above = tombstone ? { floor: tombstone.version, owned: tombstone.owned } : {};
    const bytes = document
      ? await collection.findOneAndUpdate(
          unchanged(entity, document),
          writePipeline(entity, contents),
          options,
        )
      : await collection.findOneAndUpdate(
          vacant(entity, contents.key),
          writePipeline(entity, { ...contents, ...above }),
          { ...options, upsert: true },
        );
    if (!bytes) lost();
    const written = documentIn(bytes) ?? {};
    return { id: idText(written._id), record: recordOf(entity, written) };
  }

  /** The version above which a record may take this key. */
  private async floorAt(key: string, scope: WriteScope): Promise<number | 'taken'> {
    const { state, occupied } = await this.see(key, scope);
    return occupied || state.state === 'live' ? 'taken' : versionOf(state);
  }
}

function refused(outcome: RefusedWrite['outcome'], { document, state }: Seen): RefusedWrite {
  return { outcome, current: state, ...(document ? { id: idText(document._id) } : {}) };
}

function lost(): never {
  throw new LostRaceError();
}
