import {
  inFlightField,
  KEYS,
  MongoRecordStore,
  RedisRecordStore,
  withRedisErrors,
  type ConflictCursor,
  type MongoConflictLog,
} from '@redis-mongo-sync/sync-adapters';
import {
  canonicalJson,
  fieldsAfter,
  updatedAtOf,
  type Direction,
  type EntityDefinition,
  type RecordStore,
  type Source,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { MongoClient } from 'mongodb';
import { conflictPageView, type ConflictPageView } from './conflict-view.js';
import {
  heldView,
  isEqual,
  type RecordHistoryView,
  type RestoredView,
  type RestoreResult,
} from './record-views.js';
import { restorationOf, type Restoration } from './restoration.js';

interface RecordHistoryOptions {
  readonly mongo: MongoClient;
  readonly database: string;
  readonly redis: Redis;
  readonly conflicts: MongoConflictLog;
  readonly tombstoneTtlMs: number;
}

interface Page {
  readonly limit: number;
  readonly before?: ConflictCursor;
}

/** What became of the versions of a record: what both stores hold, what lost, and bringing a loser back. */
export class RecordHistory {
  constructor(private readonly options: RecordHistoryOptions) {}

  /** The conflicts of all records, newest first. */
  async recent(page: Page): Promise<ConflictPageView> {
    return conflictPageView(await this.options.conflicts.page(page));
  }

  async read(entity: EntityDefinition, key: string, page: Page): Promise<RecordHistoryView> {
    const { conflicts } = this.options;
    const [kept, mongo, redis, inFlight] = await Promise.all([
      conflicts.page({ ...page, record: { entity: entity.name, key } }),
      this.mongo(entity).get(key),
      this.redis(entity).get(key),
      this.inFlight(entity, key),
    ]);
    const stores = { mongo: heldView(mongo), redis: heldView(redis), equal: isEqual(mongo, redis), inFlight };
    return { entity: entity.name, key, stores, ...conflictPageView(kept) };
  }

  /**
   * Writes a losing version as a new write in Mongo, whose clients it then looks like: it gets a version above the
   * present one and travels to Redis. What Mongo owns stays as it is. Of two versions that were merged, the fields are
   * written that lost; the others stay as they are now.
   */
  async restore(
    entity: EntityDefinition,
    key: string,
    loser: { readonly version: number; readonly source: Source },
  ): Promise<RestoreResult> {
    const conflict = await this.options.conflicts.get({ entity: entity.name, key, loser });
    if (!conflict) return { outcome: 'unknown' };
    const wanted = restorationOf(entity, conflict);
    switch (wanted.kind) {
      case 'not-kept':
        return { outcome: 'not-kept' };
      case 'remove':
        return this.removeAgain(entity, key);
      case 'write':
        return this.writeAgain(entity, key, wanted);
    }
  }

  private async writeAgain(
    entity: EntityDefinition,
    key: string,
    { mode, set, unset }: Restoration,
  ): Promise<RestoreResult> {
    const store = this.mongo(entity);
    const present = await store.get(key);
    const create = mode === 'replace';
    if (present.state !== 'live' && !create) return { outcome: 'nothing-to-do' };
    if (present.state === 'live') {
      const { fields } = present.record;
      const after = fieldsAfter(entity, fields, { key, mode, set, unset });
      if (canonicalJson(after) === canonicalJson(fields)) return { outcome: 'nothing-to-do' };
    }
    const written = await store.write({ key, mode, set, unset, create, precondition: { kind: 'none' } });
    if (written.outcome === 'absent') return { outcome: 'nothing-to-do' }; // removed meanwhile
    if (!('record' in written)) throw new Error(`restoring ended as ${written.outcome}`);
    return restored(key, written.outcome, written.record);
  }

  private async removeAgain(entity: EntityDefinition, key: string): Promise<RestoreResult> {
    const removed = await this.mongo(entity).remove({ key, precondition: { kind: 'none' } });
    return removed.outcome === 'removed'
      ? restored(key, 'removed', { version: removed.version, source: 'mongo' })
      : { outcome: 'nothing-to-do' };
  }

  private mongo(entity: EntityDefinition): RecordStore {
    const { mongo, database, tombstoneTtlMs } = this.options;
    return new MongoRecordStore({ client: mongo, db: mongo.db(database), entity, tombstoneTtlMs });
  }

  private redis(entity: EntityDefinition): RecordStore {
    return new RedisRecordStore({ redis: this.options.redis, entity });
  }

  private async inFlight(entity: EntityDefinition, key: string): Promise<Record<Direction, number | null>> {
    const read = (direction: Direction) =>
      withRedisErrors(() =>
        this.options.redis.hget(KEYS.inFlight(direction), inFlightField(entity.name, key)),
      );
    const [toRedis, toMongo] = await Promise.all([read('mongo-to-redis'), read('redis-to-mongo')]);
    return { 'mongo-to-redis': inFlightVersion(toRedis), 'redis-to-mongo': inFlightVersion(toMongo) };
  }
}

function inFlightVersion(text: string | null): number | null {
  return text === null ? null : Number.parseInt(text, 10);
}

function restored(
  key: string,
  outcome: RestoredView['outcome'],
  { version, source }: { readonly version: number; readonly source: Source },
): RestoreResult {
  const updatedAt = new Date(updatedAtOf(version)).toISOString();
  return { outcome: 'restored', record: { key, outcome, version, source, updatedAt } };
}
