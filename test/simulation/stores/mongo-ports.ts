import {
  conflictIdOf,
  decideIntoMongo,
  fieldsOf,
  HistoryLostError,
  obstacleTo,
  sharedFields,
  USERS,
  type ApplyAttempt,
  type ChangeBatch,
  type ChangeFeed,
  type Conflict,
  type ConflictLog,
  type EntityDefinition,
  type MongoAuthority,
  type MongoChange,
  type MongoImage,
  type RecordResult,
  type RecordTarget,
  type SettledDelivery,
  type StampRequest,
} from '@redis-mongo-sync/sync-core';
import type { Link } from '../engine/link.js';
import { imageOf, keptFields, type Doc, type OplogEntry, type SimMongo } from './sim-mongo.js';

/** How many changes a batch of the feed, or a chunk of a snapshot, holds at most. */
const FEED_BATCH = 3;
const SNAPSHOT_CHUNK = 2;

export class SimFeed implements ChangeFeed {
  constructor(
    private readonly mongo: SimMongo,
    private readonly link: Link,
    private readonly onLap: () => void = () => undefined,
  ) {}

  head(): Promise<string> {
    return this.link.call('head', () => String(this.mongo.oplog.length));
  }

  async *read(position: string, signal: AbortSignal): AsyncGenerator<ChangeBatch> {
    for (let from = Number(position); !signal.aborted;) {
      this.onLap();
      const batch = await this.link.call('read', () => this.batchAfter(from));
      yield batch;
      from = Number(batch.position);
    }
  }

  async *snapshot(_entity: EntityDefinition, afterId: string | null): AsyncGenerator<readonly MongoImage[]> {
    let after = afterId;
    for (;;) {
      const chunk = await this.link.call('snapshot', () => this.chunkAfter(after));
      const last = chunk.at(-1);
      if (!last) return;
      yield chunk;
      after = last.id;
    }
  }

  private batchAfter(from: number): ChangeBatch {
    if (from < this.mongo.oplogStart) throw new HistoryLostError('the oplog begins later');
    const taken = this.mongo.oplog.slice(from, from + FEED_BATCH);
    const changes = taken.map((entry) => this.changeOf(entry)).filter((change) => change !== null);
    return { changes, position: String(from + taken.length) };
  }

  /** As a change stream with `updateLookup` and pre-images shows it. */
  private changeOf({ kind, id, before }: OplogEntry): MongoChange | null {
    if (kind === 'erased') return { kind, entity: USERS, id, last: before && imageOf(before) };
    const doc = this.mongo.docs.get(id);
    if (!doc) return this.vanished(id, before);
    const moved = before && !before.deleted && this.mongo.world.mutation !== 'previous-key-not-buried';
    return { kind, entity: USERS, image: imageOf(doc), ...(moved ? { previousKey: before.key } : {}) };
  }

  /** The document was gone when it was looked up: perhaps with a key that its delete does not name. */
  private vanished(id: string, before: Doc | null): MongoChange | null {
    if (this.mongo.world.mutation === 'vanished-document-ignored' || !before || before.deleted) return null;
    return { kind: 'erased', entity: USERS, id, last: imageOf(before) };
  }

  private chunkAfter(after: string | null): MongoImage[] {
    return [...this.mongo.docs.values()]
      .filter(({ id }) => after === null || id > after)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, SNAPSHOT_CHUNK)
      .map(imageOf);
  }
}

export class SimAuthority implements MongoAuthority {
  constructor(
    private readonly mongo: SimMongo,
    private readonly link: Link,
  ) {}

  current(_entity: EntityDefinition, keys: readonly string[]): Promise<ReadonlyMap<string, MongoImage>> {
    return this.link.call('current', () => {
      const docs = keys.map((key) => this.mongo.byKey.get(key)).filter((doc) => doc !== undefined);
      return new Map(docs.map((doc) => [doc.key, imageOf(doc)]));
    });
  }

  /** A bulk is not atomic: others may write between its documents. */
  async stamp(_entity: EntityDefinition, requests: readonly StampRequest[]): Promise<void> {
    const { mongo } = this;
    for (const { id, seen, floor } of requests) {
      await this.link.call('stamp', () => {
        const doc = mongo.docs.get(id);
        if (doc?.version !== seen || mongo.world.mutation === 'no-stamping') return;
        const version = mongo.nextVersion(Math.max(floor, seen ?? 0));
        mongo.put({ ...doc, version, source: 'mongo' }, 'stamp');
      });
    }
  }

  bury(_entity: EntityDefinition, key: string, floor: number): Promise<'buried' | 'taken'> {
    const { mongo } = this;
    return this.link.call('bury', () => {
      if (mongo.byKey.has(key)) return 'taken';
      const version = mongo.nextVersion(floor);
      const grave = { id: mongo.newId(), key, version, source: 'mongo', deleted: true } as const;
      mongo.put({ ...grave, fields: { email: key } }, 'stamp');
      return 'buried';
    });
  }
}

export class SimRecords implements RecordTarget {
  constructor(
    private readonly mongo: SimMongo,
    private readonly link: Link,
    private readonly settler: (settlements: readonly SettledDelivery[]) => Promise<void>,
    private readonly isRedelivered: (entryId: string) => boolean = () => false,
  ) {}

  async apply(entity: EntityDefinition, attempts: readonly ApplyAttempt[]): Promise<readonly RecordResult[]> {
    const results = new Map<string, RecordResult>();
    let left = attempts;
    while (left.length > 0) {
      const rivals: ApplyAttempt[] = [];
      for (const attempt of left) {
        const applied = await this.link.call('upsert', () => this.upsert(attempt));
        if (applied) results.set(attempt.entryId, { decision: 'apply' });
        else rivals.push(attempt);
      }
      left = await this.classify(entity, rivals, results);
    }
    return attempts.map(
      ({ entryId }) => results.get(entryId) ?? { decision: 'refused', reason: 'there is no result' },
    );
  }

  settle(settlements: readonly SettledDelivery[]): Promise<void> {
    return this.settler(settlements);
  }

  /** Whether the conditional upsert wrote; otherwise it met the unique index. */
  private upsert(attempt: ApplyAttempt): boolean {
    const { mongo } = this;
    const { event } = attempt;
    const doc = mongo.byKey.get(event.key);
    if (doc && !this.mayOverwrite(doc, attempt)) return false;
    const also = mongo.world.mutation === 'owned-fields-from-redis' ? fieldsOf(event) : {};
    const deleted = event.op === 'delete';
    const fields = deleted
      ? { ...keptFields(doc, []), email: event.key }
      : { ...keptFields(doc), ...sharedFields(USERS, fieldsOf(event)), email: event.key, ...also };
    const { key, version, source } = event;
    mongo.put({ id: doc?.id ?? mongo.newId(), key, version, source, deleted, fields }, 'sync');
    return true;
  }

  /** Only what the writer had seen, or what has been kept since. */
  private mayOverwrite(doc: Doc, { entryId, event, over }: ApplyAttempt): boolean {
    const { mutation } = this.mongo.world;
    if (mutation === 'redelivery-without-compare' && this.isRedelivered(entryId)) return true;
    if (mutation === 'equal-version-overwrites-mongo' && doc.version === event.version) return true;
    return over === undefined ? decideIntoMongo(event, doc) === 'apply' : doc.version === over;
  }

  /** Notes what stands in the way, and returns what has to be tried again. */
  private async classify(
    entity: EntityDefinition,
    rivals: readonly ApplyAttempt[],
    results: Map<string, RecordResult>,
  ): Promise<readonly ApplyAttempt[]> {
    if (rivals.length === 0) return [];
    const keys = rivals.map(({ event }) => event.key);
    const current = await new SimAuthority(this.mongo, this.link).current(entity, keys);
    const { mutation } = this.mongo.world;
    const again: ApplyAttempt[] = [];
    for (const rival of rivals) {
      const image = current.get(rival.event.key);
      const beaten = image?.version === null && mutation === 'unstamped-taken-for-newer';
      const result = beaten
        ? ({ decision: 'stale', current: image } as const)
        : obstacleTo(rival.event, image);
      if (result) results.set(rival.entryId, result);
      else again.push({ entryId: rival.entryId, event: rival.event });
    }
    return again;
  }
}

export class SimConflictLog implements ConflictLog {
  constructor(
    private readonly mongo: SimMongo,
    private readonly link: Link,
  ) {}

  keep(conflicts: readonly Conflict[]): Promise<void> {
    const { mongo } = this;
    return this.link.call('keep', () => {
      if (mongo.world.mutation === 'conflict-not-kept') return;
      for (const conflict of conflicts) mongo.conflicts.set(conflictIdOf(conflict), conflict);
    });
  }
}
