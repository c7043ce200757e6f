import {
  obstacleTo,
  type ApplyAttempt,
  type EntityDefinition,
  type MongoAuthority,
  type RecordResult,
  type RecordTarget,
  type SettledDelivery,
} from '@redis-mongo-sync/sync-core';
import {
  MongoBulkWriteError,
  type AnyBulkWriteOperation,
  type Db,
  type Document,
  type Filter,
  type WriteError,
} from 'mongodb';
import { withMongoErrors } from './mongo-errors.js';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { eventPipeline } from './update-pipelines.js';
import { versionsBetween } from './version-expressions.js';

/** Acknowledges and counts, on the stream the deliveries came from. */
export interface Settler {
  settle(settlements: readonly SettledDelivery[]): Promise<void>;
}

export interface MongoRecordTargetOptions {
  readonly db: Db;
  readonly authority: MongoAuthority;
  readonly settler: Settler;
  readonly tombstoneTtlMs?: number;
}

/**
 * Conditional upserts in one unordered bulk: each says in its filter which versions it may overwrite. A document with
 * that key and another version makes the upsert insert, and the unique index refuse it: that is an outcome, not an
 * error, and only such documents are read.
 */
export class MongoRecordTarget implements RecordTarget {
  private readonly tombstoneTtlMs: number;

  constructor(private readonly options: MongoRecordTargetOptions) {
    this.tombstoneTtlMs = options.tombstoneTtlMs ?? DEFAULT_TOMBSTONE_TTL_MS;
  }

  async apply(entity: EntityDefinition, attempts: readonly ApplyAttempt[]): Promise<readonly RecordResult[]> {
    return withMongoErrors(() => this.applyWith(entity, attempts, MAX_RACES));
  }

  settle(settlements: readonly SettledDelivery[]): Promise<void> {
    return this.options.settler.settle(settlements);
  }

  private async applyWith(
    entity: EntityDefinition,
    attempts: readonly ApplyAttempt[],
    races: number,
  ): Promise<readonly RecordResult[]> {
    if (attempts.length === 0) return [];
    const errors = await this.bulk(entity, attempts, races === MAX_RACES ? likely : overwritable);
    if (errors.size === 0) return attempts.map(() => ({ decision: 'apply' }));

    const rivals = attempts.filter((_, index) => isKeyConflict(entity, errors.get(index)));
    const rivalResults = await this.classify(entity, rivals, races);
    return attempts.map((attempt, index): RecordResult => {
      const error = errors.get(index);
      if (!error) return { decision: 'apply' };
      return (
        rivalResults.get(attempt) ?? { decision: 'refused', reason: error.errmsg ?? `code ${error.code}` }
      );
    });
  }

  /** Write errors by index. */
  private async bulk(
    entity: EntityDefinition,
    attempts: readonly ApplyAttempt[],
    filterOf: (attempt: ApplyAttempt) => Filter<Document>,
  ): Promise<ReadonlyMap<number, WriteError>> {
    const operations = attempts.map((attempt): AnyBulkWriteOperation => ({
      updateOne: {
        filter: { [entity.keyField]: attempt.event.key, ...filterOf(attempt) },
        update: eventPipeline(entity, attempt.event, this.tombstoneTtlMs),
        upsert: true,
      },
    }));
    try {
      const collection = this.options.db.collection(entity.collection);
      await collection.bulkWrite(operations, { ordered: false, writeConcern: { w: 'majority' } });
      return new Map();
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) throw error;
      const writeErrors = [error.writeErrors].flat();
      if (writeErrors.length === 0) throw error;
      return new Map(writeErrors.map((writeError) => [writeError.index, writeError]));
    }
  }

  /** What stands in the way of the attempts that met the unique index. */
  private async classify(
    entity: EntityDefinition,
    rivals: readonly ApplyAttempt[],
    races: number,
  ): Promise<ReadonlyMap<ApplyAttempt, RecordResult>> {
    const results = new Map<ApplyAttempt, RecordResult>();
    if (rivals.length === 0) return results;
    const keys = rivals.map(({ event }) => event.key);
    const current = await this.options.authority.current(entity, keys);
    const again: ApplyAttempt[] = [];
    for (const rival of rivals) {
      const result = obstacleTo(rival.event, current.get(rival.event.key));
      if (result) results.set(rival, result);
      else again.push({ entryId: rival.entryId, event: rival.event });
    }
    // Two upserts of one new key ran at once and the other was first, with an older version; or its document is gone.
    if (again.length > 0 && races === 0) throw new Error(`upsert of ${again.length} records keeps racing`);
    const repeated = await this.applyWith(entity, again, races - 1);
    const waiting = rivals.filter((rival) => !results.has(rival));
    for (const [index, rival] of waiting.entries()) {
      const result = repeated[index];
      if (result) results.set(rival, result);
    }
    return results;
  }
}

const MAX_RACES = 8;

/**
 * Which versions the attempt may overwrite: those for which `decideIntoMongo` says `apply`, as a filter; or the very
 * one that has been kept since.
 */
function overwritable({ event, over }: ApplyAttempt): Filter<Document> {
  if (over !== undefined) return { version: versionsBetween(over, over) };
  const { version, base, known = base } = event;
  if (base === undefined || known === undefined) return { version: versionsBetween(1, version - 1) };
  if (base === known) return { version: versionsBetween(1, base) };
  return {
    version: versionsBetween(1, base),
    $or: [{ version: { $lt: known + 1 } }, { source: 'redis' }],
  };
}

/**
 * A filter that costs less, for the first attempt: on top of a settled Redis write, Mongo nearly always holds that very
 * write. It matches nothing that {@link overwritable} does not.
 */
function likely(attempt: ApplyAttempt): Filter<Document> {
  const { base, known } = attempt.event;
  const onSettledWrite = attempt.over === undefined && base !== undefined && known === base - 1;
  return onSettledWrite ? { version: versionsBetween(1, base), source: 'redis' } : overwritable(attempt);
}

function isKeyConflict(entity: EntityDefinition, error: WriteError | undefined): boolean {
  if (error?.code !== 11000) return false;
  const raw = error.toJSON() as { keyPattern?: Record<string, unknown> };
  const pattern = raw.keyPattern ?? (error.err as { keyPattern?: Record<string, unknown> }).keyPattern;
  return pattern === undefined
    ? (error.errmsg ?? '').includes(entity.keyField)
    : entity.keyField in pattern || '_id' in pattern;
}
