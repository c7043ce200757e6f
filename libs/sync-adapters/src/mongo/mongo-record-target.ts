import type {
  Delivery,
  EntityDefinition,
  MongoAuthority,
  RecordResult,
  RecordTarget,
  Settlement,
} from '#libs/sync-core';
import { MongoBulkWriteError, type AnyBulkWriteOperation, type Db, type WriteError } from 'mongodb';
import { withMongoErrors } from './mongo-errors.js';
import { DEFAULT_TOMBSTONE_TTL_MS } from '../tombstone-ttl.js';
import { eventPipeline } from './update-pipelines.js';

/** Acknowledges and books, on the stream the deliveries came from. */
export interface Settler {
  settle(settlements: readonly Settlement[]): Promise<void>;
}

export interface MongoRecordTargetOptions {
  readonly db: Db;
  readonly authority: MongoAuthority;
  readonly settler: Settler;
  readonly tombstoneTtlMs?: number;
}

/**
 * Conditional upserts: `version < incoming`, in one unordered bulk. A document with that key and a version that is
 * not lower makes the upsert insert, and the unique index refuse it: that is an outcome, not an error.
 */
export class MongoRecordTarget implements RecordTarget {
  private readonly tombstoneTtlMs: number;

  constructor(private readonly options: MongoRecordTargetOptions) {
    this.tombstoneTtlMs = options.tombstoneTtlMs ?? DEFAULT_TOMBSTONE_TTL_MS;
  }

  async apply(entity: EntityDefinition, deliveries: readonly Delivery[]): Promise<readonly RecordResult[]> {
    return withMongoErrors(() => this.applyWith(entity, deliveries, MAX_RACES));
  }

  settle(settlements: readonly Settlement[]): Promise<void> {
    return this.options.settler.settle(settlements);
  }

  private async applyWith(
    entity: EntityDefinition,
    deliveries: readonly Delivery[],
    races: number,
  ): Promise<readonly RecordResult[]> {
    if (deliveries.length === 0) return [];
    const errors = await this.bulk(entity, deliveries);
    if (errors.size === 0) return deliveries.map(() => ({ verdict: 'apply' }));

    const rivals = deliveries.filter((_, index) => isKeyConflict(entity, errors.get(index)));
    const rivalResults = await this.classify(entity, rivals, races);
    return deliveries.map((delivery, index): RecordResult => {
      const error = errors.get(index);
      if (!error) return { verdict: 'apply' };
      return (
        rivalResults.get(delivery) ?? { verdict: 'refused', reason: error.errmsg ?? `code ${error.code}` }
      );
    });
  }

  /** Write errors by index. */
  private async bulk(
    entity: EntityDefinition,
    deliveries: readonly Delivery[],
  ): Promise<ReadonlyMap<number, WriteError>> {
    const operations = deliveries.map(({ event }): AnyBulkWriteOperation => ({
      updateOne: {
        filter: { [entity.keyField]: event.key, version: { $lt: event.version } },
        update: eventPipeline(entity, event, this.tombstoneTtlMs),
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

  /** What stands in the way of the deliveries that met the unique index. */
  private async classify(
    entity: EntityDefinition,
    rivals: readonly Delivery[],
    races: number,
  ): Promise<ReadonlyMap<Delivery, RecordResult>> {
    const results = new Map<Delivery, RecordResult>();
    if (rivals.length === 0) return results;
    const keys = rivals.map(({ event }) => event.key);
    const current = await this.options.authority.current(entity, keys);
    const again: Delivery[] = [];
    for (const delivery of rivals) {
      const image = current.get(delivery.event.key);
      if (image?.version === null) results.set(delivery, { verdict: 'unstamped', id: image.id });
      else if (!image || image.version < delivery.event.version) again.push(delivery);
      else {
        const winner = { version: image.version, source: image.source };
        const same = image.version === delivery.event.version && image.source === 'redis';
        results.set(delivery, { verdict: same ? 'same' : 'stale', winner });
      }
    }
    // Two upserts of one new key ran at the same time, and the other one won with an older version.
    if (again.length > 0 && races === 0) throw new Error(`upsert of ${again.length} records keeps racing`);
    const repeated = await this.applyWith(entity, again, races - 1);
    for (const [index, delivery] of again.entries()) {
      const result = repeated[index];
      if (result) results.set(delivery, result);
    }
    return results;
  }
}

const MAX_RACES = 8;

function isKeyConflict(entity: EntityDefinition, error: WriteError | undefined): boolean {
  if (error?.code !== 11000) return false;
  const raw = error.toJSON() as { keyPattern?: Record<string, unknown> };
  const pattern = raw.keyPattern ?? (error.err as { keyPattern?: Record<string, unknown> }).keyPattern;
  return pattern === undefined
    ? (error.errmsg ?? '').includes(entity.keyField)
    : entity.keyField in pattern || '_id' in pattern;
}
