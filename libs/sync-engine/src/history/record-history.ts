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
  conflictIdOf,
  sharedFields,
  updatedAtOf,
  type Direction,
  type EntityDefinition,
  type JsonObject,
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

interface RecordHistoryOptions {
  readonly mongo: MongoClient;
  readonly database: string;
  readonly redis: Redis;
  readonly entities: readonly EntityDefinition[];
  readonly conflicts: MongoConflictLog;
  readonly tombstoneTtlMs: number;
}

interface Page {
  readonly limit: number;
  readonly before?: ConflictCursor;
}

/** What became of the versions of a record: what both stores hold, what lost, and bringing a loser back. */
export class RecordHistory {
  private readonly byName: ReadonlyMap<string, EntityDefinition>;

  constructor(private readonly options: RecordHistoryOptions) {
    this.byName = new Map(options.entities.map((entity) => [entity.name, entity]));
  }

  get entityNames(): readonly string[] {
    return [...this.byName.keys()];
  }

  entity(name: string): EntityDefinition | undefined {
    return this.byName.get(name);
  }

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
   * present one and travels to Redis. What Mongo owns stays as it is.
   */
  async restore(
    entity: EntityDefinition,
    key: string,
    loser: { readonly version: number; readonly source: Source },
  ): Promise<RestoreResult> {
    const id = conflictIdOf({ entity: entity.name, key, loser });
    const conflict = await this.options.conflicts.get(id);
    if (!conflict) return { outcome: 'unknown' };
    const { content, omittedBytes } = conflict.loser;
    if (omittedBytes !== undefined) return { outcome: 'not-kept' };
    return content === null ? this.removeAgain(entity, key) : this.writeAgain(entity, key, content);
  }

  private async writeAgain(
    entity: EntityDefinition,
    key: string,
    content: JsonObject,
  ): Promise<RestoreResult> {
    const store = this.mongo(entity);
    const shared = sharedFields(entity, content);
    const present = await store.get(key);
    const same = (fields: JsonObject) =>
      canonicalJson(sharedFields(entity, fields)) === canonicalJson(shared);
    if (present.state === 'live' && same(present.record.fields)) return { outcome: 'nothing-to-do' };
    const { [entity.keyField]: _key, ...set } = shared;
    const written = await store.write({
      key,
      mode: 'replace',
      set,
      unset: [],
      create: true,
      precondition: { kind: 'none' },
    });
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
