import {
  decideIntoMongo,
  differingFields,
  fieldsOf,
  sharedFields,
  type ApplyAttempt,
  type EntityDefinition,
  type MongoImage,
  type RecordResult,
  type RecordTarget,
  type SettledDelivery,
} from '@redis-mongo-sync/sync-core';
import type { Collection, Db, Document, Filter, MongoClient, WriteError } from 'mongodb';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { InvalidValueError } from './bson-json.js';
import { bulkWithErrors } from './bulk-with-errors.js';
import { idFromText } from './document-ids.js';
import { stampedWith } from './document-stamp.js';
import { isKeyConflict, withMongoErrors } from './mongo-errors.js';
import { RecordBurials } from './record-burials.js';
import { holding, keyInMongo } from './record-filters.js';
import { lookAt, type Standing } from './standing.js';
import { Tombstones } from './tombstones.js';
import { checkValues, documentFromEvent, eventPipeline } from './update-pipelines.js';

/** Acknowledges and counts, on the stream the deliveries came from. */
export interface Settler {
  settle(settlements: readonly SettledDelivery[]): Promise<void>;
}

export interface MongoRecordTargetOptions {
  /** Needed for transactions. */
  readonly client: MongoClient;
  readonly db: Db;
  readonly settler: Settler;
  readonly tombstoneTtlMs?: number;
}

/**
 * Conditional writes in one unordered bulk: each says in its filter which version it may overwrite. If all of them met
 * theirs, that was it. Otherwise what stands there is read, and each is decided by it: written over exactly what was
 * seen, inserted, or reported.
 *
 * Inserts need no transaction: the tombstones are looked at before and after. A tombstone that appeared in between is of
 * a delete that saw no document, so the document is removed again.
 */
export class MongoRecordTarget implements RecordTarget {
  private readonly tombstones: Tombstones;

  constructor(private readonly options: MongoRecordTargetOptions) {
    this.tombstones = new Tombstones(options.db, options.tombstoneTtlMs ?? DEFAULT_TOMBSTONE_TTL_MS);
  }

  async apply(entity: EntityDefinition, attempts: readonly ApplyAttempt[]): Promise<readonly RecordResult[]> {
    const { client, db } = this.options;
    const collection = db.collection(entity.collection, { writeConcern: { w: 'majority' } });
    const batch = new Batch({ entity, collection, client, tombstones: this.tombstones });
    return withMongoErrors(() => batch.apply(attempts));
  }

  settle(settlements: readonly SettledDelivery[]): Promise<void> {
    return this.options.settler.settle(settlements);
  }
}

interface BatchScope {
  readonly entity: EntityDefinition;
  readonly collection: Collection;
  readonly client: MongoClient;
  readonly tombstones: Tombstones;
}

/** Looks and writes, in turn: in each round somebody else was faster. */
const MAX_ROUNDS = 8;

class Batch {
  private readonly results = new Map<ApplyAttempt, RecordResult>();
  /** Attempts of a bulk in which some updates found no document, and how many found one. */
  private tentative: { readonly attempts: ReadonlySet<ApplyAttempt>; readonly matched: number } = NONE;
  private readonly burials: RecordBurials;

  constructor(private readonly scope: BatchScope) {
    this.burials = new RecordBurials(scope);
  }

  async apply(attempts: readonly ApplyAttempt[]): Promise<readonly RecordResult[]> {
    let open = await this.updateUnseen(attempts.filter((attempt) => this.isWritable(attempt)));
    for (let round = 0; open.length > 0; round++) {
      if (round === MAX_ROUNDS)
        this.refuse(open, 'other writers were quicker than every attempt of this write');
      else open = await this.round(open);
    }
    return attempts.map(
      (attempt) => this.results.get(attempt) ?? { decision: 'refused', reason: 'no result' },
    );
  }

  /** A value that MongoDB can't hold is that record's trouble only. */
  private isWritable(attempt: ApplyAttempt): boolean {
    try {
      checkValues(this.scope.entity, attempt.event);
      return true;
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      this.refuse([attempt], error.message);
      return false;
    }
  }

  /** The writes that nearly always meet what their writer had seen, in one bulk. Returns what has to be looked at. */
  private async updateUnseen(attempts: readonly ApplyAttempt[]): Promise<readonly ApplyAttempt[]> {
    const { entity } = this.scope;
    // What does not say what it changed is compared with the document first: it may repeat most of it.
    const likely = attempts.filter(
      ({ event, over }) =>
        event.op === 'upsert' && event.changed !== undefined && (over !== undefined || (event.base ?? 0) > 0),
    );
    const rest = attempts.filter((attempt) => !likely.includes(attempt));
    const { matched, left } = await this.update(
      likely.map((attempt) => ({
        attempt,
        filter: { [entity.keyField]: keyInMongo(entity, attempt.event.key), ...seenBy(attempt) },
      })),
    );
    return [...this.note(matched, left), ...rest];
  }

  /** If all updates found their document, they are done; otherwise those have to be looked for that did. */
  private note(matched: number, attempts: readonly ApplyAttempt[]): readonly ApplyAttempt[] {
    if (matched < attempts.length) {
      this.tentative = { attempts: new Set(attempts), matched };
      return attempts;
    }
    for (const attempt of attempts) this.results.set(attempt, { decision: 'apply' });
    return [];
  }

  /** How many updates found their document, and the attempts that met no error: those that did, among others. */
  private async update(
    updates: readonly Update[],
  ): Promise<{ readonly matched: number; readonly left: readonly ApplyAttempt[] }> {
    const { entity, collection } = this.scope;
    const operations = updates.map(({ attempt, write = attempt, filter }) => ({
      updateOne: { filter, update: eventPipeline(entity, write) },
    }));
    const { matched, errors } = await bulkWithErrors(collection, operations);
    const left = updates.flatMap(({ attempt }, index) => {
      const error = errors.get(index);
      if (error) this.refuse([attempt], reasonOf(error));
      return error ? [] : [attempt];
    });
    return { matched, left };
  }

  /** Decides each attempt by what stands there, and writes. Returns those that somebody else was faster than. */
  private async round(attempts: readonly ApplyAttempt[]): Promise<readonly ApplyAttempt[]> {
    const standing = await lookAt(
      this.scope,
      attempts.map(({ event }) => event.key),
    );
    const writable: Decided[] = [];
    const written = this.writtenAmong(attempts, standing);
    for (const attempt of attempts) {
      const at = standing.get(attempt.event.key) ?? NOTHING;
      const result: RecordResult | null = written.has(attempt)
        ? { decision: 'apply' }
        : resultBy(attempt, at);
      if (result) this.results.set(attempt, result);
      else writable.push({ attempt, at });
    }
    const updates = writable.filter(({ attempt, at }) => attempt.event.op === 'upsert' && at.document);
    const inserts = writable.filter(({ attempt, at }) => attempt.event.op === 'upsert' && !at.document);
    const deletes = writable.filter(({ attempt }) => attempt.event.op === 'delete');
    return [
      ...(await this.overwrite(updates)),
      ...(await this.insert(inserts)),
      ...(await this.burials.bury(deletes, this.results)),
    ];
  }

  /**
   * Which tentative attempts were written. A version of Redis's is nobody else's; that of a merged record may be, so where
   * there are more candidates than updates that found a document, it is compared again, which then finds all in place.
   */
  private writtenAmong(
    attempts: readonly ApplyAttempt[],
    standing: ReadonlyMap<string, Standing>,
  ): ReadonlySet<ApplyAttempt> {
    const { attempts: tentative, matched } = this.tentative;
    this.tentative = NONE;
    const candidates = attempts.filter((attempt) => {
      const document = standing.get(attempt.event.key)?.document;
      const { version, source } = attempt.event;
      return tentative.has(attempt) && document?.version === version && document.source === source;
    });
    if (candidates.length <= matched) return new Set(candidates);
    return new Set(candidates.filter(({ over }) => over === undefined).slice(0, matched));
  }

  /** Over exactly the version that was seen. */
  private async overwrite(updates: readonly Decided[]): Promise<readonly ApplyAttempt[]> {
    if (updates.length === 0) return [];
    const { entity } = this.scope;
    const { matched, left } = await this.update(
      updates.flatMap(({ attempt, at: { document } }) => {
        if (!document?.version) return [];
        const { id, version, source } = document;
        const filter = { ...holding(entity, attempt.event.key), ...stampedWith(version, source) };
        const write = withWhatDiffers(entity, attempt, document);
        return [{ attempt, write, filter: { ...filter, _id: idFromText(id) } as Filter<Document> }];
      }),
    );
    return this.note(matched, left);
  }

  private async insert(inserts: readonly Decided[]): Promise<readonly ApplyAttempt[]> {
    if (inserts.length === 0) return [];
    const { entity, collection } = this.scope;
    const operations = inserts.map(({ attempt, at }) => ({
      insertOne: { document: documentFromEvent(entity, attempt, at.tombstone?.owned ?? {}) },
    }));
    const { errors } = await bulkWithErrors(collection, operations);
    const again: ApplyAttempt[] = [];
    const inserted: ApplyAttempt[] = [];
    for (const [index, { attempt }] of inserts.entries()) {
      const error = errors.get(index);
      if (!error) inserted.push(attempt);
      else if (!isKeyConflict(error, entity.keyField)) this.refuse([attempt], reasonOf(error));
      else if (await this.isOccupied(attempt))
        this.refuse([attempt], 'another document, which is no record, has its key');
      else again.push(attempt);
    }
    return [...again, ...(await this.withdraw(inserted))];
  }

  /** Removes what was inserted beside a delete that saw no document, and is newer. */
  private async withdraw(inserted: readonly ApplyAttempt[]): Promise<readonly ApplyAttempt[]> {
    const { entity, collection, tombstones } = this.scope;
    const found = await tombstones.find(
      entity,
      inserted.map(({ event }) => event.key),
    );
    const again: ApplyAttempt[] = [];
    for (const attempt of inserted) {
      const { key, version, source } = attempt.event;
      if ((found.get(key)?.version ?? 0) > version) {
        await collection.deleteOne({ ...holding(entity, key), ...stampedWith(version, source) });
        again.push(attempt);
      } else this.results.set(attempt, { decision: 'apply' });
    }
    return again;
  }

  /** Whether a document that is no record has the key. */
  private async isOccupied({ event }: ApplyAttempt): Promise<boolean> {
    const { entity, collection } = this.scope;
    const standing = await lookAt(this.scope, [event.key]);
    if (standing.get(event.key)?.document) return false;
    return (await collection.countDocuments(holding(entity, event.key), { limit: 1 })) > 0;
  }

  private refuse(attempts: readonly ApplyAttempt[], reason: string): void {
    for (const attempt of attempts) this.results.set(attempt, { decision: 'refused', reason });
  }
}

interface Update {
  readonly attempt: ApplyAttempt;
  /** What is written for it, if not the attempt itself. */
  readonly write?: ApplyAttempt;
  readonly filter: Filter<Document>;
}

/** Of a write that does not say what it changed: only what differs, so that all else keeps its bytes. */
function withWhatDiffers(
  entity: EntityDefinition,
  attempt: ApplyAttempt,
  { fields }: Pick<MongoImage, 'fields'>,
): ApplyAttempt {
  const { event } = attempt;
  if (event.changed !== undefined) return attempt;
  const changed = differingFields(sharedFields(entity, fields), sharedFields(entity, fieldsOf(event)));
  return { ...attempt, event: { ...event, changed } };
}

/** An attempt that may be written, and what it was compared with. */
export interface Decided {
  readonly attempt: ApplyAttempt;
  readonly at: Standing;
}

const NONE = { attempts: new Set<ApplyAttempt>(), matched: 0 };
const NOTHING: Standing = { document: null, tombstone: null };

/** What an attempt meets; `null`: nothing that hinders it. */
function resultBy({ event, over }: ApplyAttempt, { document, tombstone }: Standing): RecordResult | null {
  const current: MongoImage | null = document ?? tombstone?.image ?? null;
  if (!current) return null;
  if (over !== undefined && current.version === over) return null;
  const isOurs = current.version === event.version && current.source === event.source;
  if (isOurs && current.deleted && event.op === 'delete') return { decision: 'same' };
  const decision = decideIntoMongo(event, current);
  if (decision === 'same') return { decision };
  if (decision !== 'apply') return { decision, current };
  return over === undefined ? null : { decision: 'concurrent', current };
}

/**
 * The versions of which the writer had seen everything, and that Mongo most likely holds: exactly what Redis held, or, on
 * top of writes that were in flight, what those knew.
 */
function seenBy({ event, over }: ApplyAttempt): Document {
  if (over !== undefined) return stampedWith(over);
  const { base = 0, known = base } = event;
  if (known === base) return stampedWith(base);
  if (known === base - 1) return stampedWith(base, 'redis');
  return { $or: [stampedWith(base, 'redis'), stampedWith(known)] };
}

function reasonOf({ errmsg, code }: WriteError): string {
  return errmsg ?? `code ${String(code)}`;
}
