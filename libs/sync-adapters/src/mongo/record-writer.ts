import {
  versionOf,
  type EntityDefinition,
  type RecordState,
  type SyncRecord,
  type WriteCommand,
} from '@redis-mongo-sync/sync-core';
import type { ClientSession, Collection, Document, Filter, WithId } from 'mongodb';
import { recordOf, stateOf } from './documents.js';
import { LostRaceError } from './lost-races.js';
import { keyed, unchanged, vacant } from './record-filters.js';
import { tombstonePipeline, writePipeline, type RecordContents } from './update-pipelines.js';

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

type WriteOutcome = ({ readonly outcome: 'created' | 'updated' } & WrittenRecord) | RefusedWrite;

type RenameOutcome =
  | ({ readonly outcome: 'updated'; readonly previousKey?: string } & WrittenRecord)
  | { readonly outcome: 'taken' }
  | RefusedWrite;

/** `record` is what was removed, `version` that of its tombstone. */
type RemoveOutcome =
  ({ readonly outcome: 'removed'; readonly version: number } & WrittenRecord) | RefusedWrite;

interface RecordWriterOptions {
  readonly collection: Collection;
  readonly entity: EntityDefinition;
  readonly tombstoneTtlMs: number;
}

/** The transaction that a step is part of, if any. */
interface WriteScope {
  readonly session?: ClientSession;
}

interface Seen {
  readonly document: WithId<Document> | null;
  readonly state: RecordState;
}

/**
 * The one way of a client's write to a document, however it is addressed: look at it, decide, write it if it still is
 * what was seen. If it is not, the attempt ends with {@link LostRaceError} or with the unique index's refusal, and
 * `untilDecided` makes the next one. The server assigns the version in the same atomic step.
 */
export class RecordWriter {
  constructor(private readonly options: RecordWriterOptions) {}

  async see(at: Filter<Document>, scope: WriteScope = {}): Promise<Seen> {
    const document = await this.options.collection.findOne(at, scope);
    return { document, state: stateOf(this.options.entity, document) };
  }

  /** @param createAs the key to create the record with where there is none; without it the write is refused then */
  async write(
    at: Filter<Document>,
    { condition, createAs, ...contents }: RecordWrite & { readonly createAs?: string | undefined },
    scope: WriteScope = {},
  ): Promise<WriteOutcome> {
    const seen = await this.see(at, scope);
    const { state } = seen;
    if (!condition(state)) return refused('precondition-failed', seen);
    const key = state.state === 'live' ? state.record.key : createAs;
    if (key === undefined) return refused('absent', seen);
    const outcome = state.state === 'live' ? 'updated' : 'created';
    return { outcome, ...(await this.put(seen, { key, ...contents }, scope)) };
  }

  /** Gives the record another key, and the old key a tombstone; with the key that it has, or none, it is a plain write. */
  async rename(
    at: Filter<Document>,
    { condition, newKey, ...contents }: RecordWrite & { readonly newKey?: string | undefined },
    scope: Required<WriteScope>,
  ): Promise<RenameOutcome> {
    const seen = await this.see(at, scope);
    const { state } = seen;
    if (!condition(state)) return refused('precondition-failed', seen);
    if (state.state !== 'live') return refused('absent', seen);
    const { key: previousKey } = state.record;
    const key = newKey ?? previousKey;
    const floor = key === previousKey ? 0 : await this.vacate(key, scope);
    if (floor === 'taken') return { outcome: 'taken' };
    const updated = await this.put(seen, { key, ...contents, floor }, scope);
    if (key === previousKey) return { outcome: 'updated', ...updated };
    await this.bury(previousKey, updated.record.version - 1, scope);
    return { outcome: 'updated', ...updated, previousKey };
  }

  async remove(
    at: Filter<Document>,
    condition: WriteCondition,
    scope: WriteScope = {},
  ): Promise<RemoveOutcome> {
    const seen = await this.see(at, scope);
    const { document, state } = seen;
    if (!condition(state)) return refused('precondition-failed', seen);
    if (!document || state.state !== 'live') return refused('absent', seen);
    const { entity, tombstoneTtlMs: ttlMs } = this.options;
    const { record } = state;
    const tombstone = await this.replaceSeen(
      document,
      tombstonePipeline(entity, record.key, { ttlMs }),
      scope,
    );
    const version = versionOf(stateOf(entity, tombstone));
    return { outcome: 'removed', id: String(document._id), record, version };
  }

  /** Over what was seen – a living record, a tombstone, a document without a usable key – or as a new document. */
  private async put({ document }: Seen, contents: RecordContents, scope: WriteScope): Promise<WrittenRecord> {
    const { collection, entity } = this.options;
    const pipeline = writePipeline(entity, contents);
    const options = { ...scope, upsert: true, returnDocument: 'after' } as const;
    const written = document
      ? await this.replaceSeen(document, pipeline, scope)
      : ((await collection.findOneAndUpdate(vacant(entity, contents.key), pipeline, options)) ?? lost());
    return { id: String(written._id), record: recordOf(entity, written) };
  }

  private async replaceSeen(
    seen: Document,
    pipeline: Document[],
    scope: WriteScope,
  ): Promise<WithId<Document>> {
    const { collection, entity } = this.options;
    const options = { ...scope, returnDocument: 'after' } as const;
    return (await collection.findOneAndUpdate(unchanged(entity, seen), pipeline, options)) ?? lost();
  }

  /** The version above which a record may take this key. A tombstone makes way; anything else keeps the key. */
  private async vacate(key: string, scope: WriteScope): Promise<number | 'taken'> {
    const { collection, entity } = this.options;
    const { document, state } = await this.see(keyed(entity, key), scope);
    if (!document) return 0;
    if (state.state !== 'deleted') return 'taken';
    await collection.deleteOne({ _id: document._id }, scope);
    return state.stamp.version;
  }

  private async bury(key: string, floor: number, scope: WriteScope): Promise<void> {
    const { collection, entity, tombstoneTtlMs: ttlMs } = this.options;
    const pipeline = tombstonePipeline(entity, key, { ttlMs, floor });
    await collection.updateOne(vacant(entity, key), pipeline, { ...scope, upsert: true });
  }
}

function refused(outcome: RefusedWrite['outcome'], { document, state }: Seen): RefusedWrite {
  return { outcome, current: state, ...(document ? { id: String(document._id) } : {}) };
}

function lost(): never {
  throw new LostRaceError();
}
