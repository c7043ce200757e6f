import {
  canonicalJson,
  conflictIdOf,
  type Conflict,
  type ConflictIdentity,
  type ConflictLog,
  type ConflictSide,
  type JsonObject,
} from '@redis-mongo-sync/sync-core';
import { MongoBulkWriteError, type Collection, type Db, type Filter } from 'mongodb';
import { withMongoErrors } from './mongo-errors.js';

/** Of the conflict log. */
export const CONFLICTS_COLLECTION = 'sync_conflicts';

/** A content that is larger than this, as JSON text, is not kept: two of them must fit into one document. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/** A side as it was kept. */
export interface KeptSide extends ConflictSide {
  /** Size of a content that was too large to be kept, bytes of JSON text. */
  readonly omittedBytes?: number;
}

export interface KeptConflict extends Conflict {
  readonly id: string;
  /** When it was noticed, epoch ms. */
  readonly at: number;
  readonly winner: KeptSide;
  readonly loser: KeptSide & { readonly version: number };
}

export interface ConflictQuery {
  /** Only of this record. */
  readonly record?: { readonly entity: string; readonly key: string };
  readonly limit: number;
  /** `next` of the page before. */
  readonly before?: ConflictCursor;
}

/** A place in the log, newest first. */
export interface ConflictCursor {
  readonly at: number;
  readonly id: string;
}

export interface ConflictPage {
  readonly conflicts: readonly KeptConflict[];
  /** Absent on the last page. */
  readonly next?: ConflictCursor;
}

/** Contents are kept as JSON text: free profiles may hold names that Mongo treats as operators. */
interface SideDocument extends Omit<ConflictSide, 'content'> {
  readonly content: string | null;
  readonly omittedBytes?: number;
}

interface ConflictDocument extends Omit<Conflict, 'winner' | 'loser'> {
  readonly _id: string;
  readonly at: Date;
  readonly winner: SideDocument;
  readonly loser: SideDocument & { readonly version: number };
}

/** The conflict log, in `sync_conflicts`. A TTL index forgets what is older than it should be. */
export class MongoConflictLog implements ConflictLog {
  private readonly collection: Collection<ConflictDocument>;

  constructor(db: Db) {
    this.collection = db.collection(CONFLICTS_COLLECTION, { writeConcern: { w: 'majority' } });
  }

  async keep(conflicts: readonly Conflict[]): Promise<void> {
    if (conflicts.length === 0) return;
    const at = new Date();
    const operations = conflicts.map((conflict) => {
      const { _id, ...kept } = documentOf(conflict, at);
      return { updateOne: { filter: { _id }, update: { $setOnInsert: kept }, upsert: true } };
    });
    await withMongoErrors(async () => {
      try {
        await this.collection.bulkWrite(operations, { ordered: false });
      } catch (error) {
        if (!isKeptByAnother(error)) throw error;
      }
    });
  }

  /** The last conflict in which this version lost: a merge may have been tried with several others. */
  async get({ entity, key, loser }: ConflictIdentity): Promise<KeptConflict | null> {
    const filter = { entity, key, 'loser.version': loser.version, 'loser.source': loser.source };
    const found = await withMongoErrors(() => this.collection.findOne(filter, { sort: { at: -1, _id: -1 } }));
    return found && keptOf(found);
  }

  /** Newest first. */
  async page({ record, limit, before }: ConflictQuery): Promise<ConflictPage> {
    const filter: Filter<ConflictDocument> = { ...record, ...(before ? olderThan(before) : {}) };
    const found = await withMongoErrors(() =>
      this.collection
        .find(filter)
        .sort({ at: -1, _id: -1 })
        .limit(limit + 1)
        .toArray(),
    );
    const conflicts = found.slice(0, limit).map(keptOf);
    const last = conflicts.at(-1);
    return found.length > limit && last ? { conflicts, next: { at: last.at, id: last.id } } : { conflicts };
  }
}

function olderThan({ at, id }: ConflictCursor): Filter<ConflictDocument> {
  const moment = new Date(at);
  return { $or: [{ at: { $lt: moment } }, { at: moment, _id: { $lt: id } }] };
}

function documentOf(conflict: Conflict, at: Date): ConflictDocument {
  const { entity, key, reason, how, winner, loser, fields } = conflict;
  return {
    _id: conflictIdOf(conflict),
    entity,
    key,
    at,
    reason,
    how,
    winner: sideDocument(winner),
    loser: { ...sideDocument(loser), version: loser.version },
    ...(fields ? { fields } : {}),
  };
}

function sideDocument({ version, source, updatedAt, content }: ConflictSide): SideDocument {
  const text = content && canonicalJson(content);
  const bytes = text === null ? 0 : Buffer.byteLength(text);
  return bytes > MAX_KEPT_BYTES
    ? { version, source, updatedAt, content: null, omittedBytes: bytes }
    : { version, source, updatedAt, content: text };
}

/** Reasons as version 0.1 called them. */
const RENAMED: Readonly<Record<string, Conflict['reason'] | undefined>> = {
  'unversioned-write-in-mongo': 'unstamped-write-in-mongo',
};

function keptOf({
  _id,
  entity,
  key,
  at,
  reason,
  how,
  winner,
  loser,
  fields,
}: ConflictDocument): KeptConflict {
  return {
    id: _id,
    at: at.getTime(),
    entity,
    key,
    reason: RENAMED[reason] ?? reason,
    how,
    winner: sideOf(winner),
    loser: { ...sideOf(loser), version: loser.version },
    ...(fields ? { fields } : {}),
  };
}

function sideOf({ content, ...side }: SideDocument): KeptSide {
  return { ...side, content: content === null ? null : (JSON.parse(content) as JsonObject) };
}

/** Two sync-services kept the same conflict at the same time. */
function isKeptByAnother(error: unknown): boolean {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) return false;
  const writeErrors = [error.writeErrors].flat();
  return writeErrors.length > 0 && writeErrors.every(({ code }) => code === 11000);
}
