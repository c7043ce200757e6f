import {
  decideIntoMongo,
  fieldsOf,
  fieldRole,
  hadSeen,
  mergeFields,
  obstacleTo,
  sharedFields,
  type ApplyAttempt,
  type ChangeEvent,
  type EntityDefinition,
  type MongoImage,
  type RecordResult,
  type RecordTarget,
  type SettledDelivery,
  type Stamp,
} from '@redis-mongo-sync/sync-core';
import type { Link } from '../engine/link.js';
import { ownedFields, seenIn, type RecordDoc, type Tombstone } from './doc.js';
import { SimAuthority } from './sim-authority.js';
import type { SimMongo } from './sim-mongo.js';

/** What a call that writes says: it wrote, or something stands in the way. */
type Written = 'written' | 'rival';

/** Mongo as the target of Redis writes, step by step as `MongoRecordTarget` takes them. */
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
        const written =
          attempt.event.op === 'upsert' ? await this.upsert(attempt) : await this.remove(attempt);
        if (written === 'written') results.set(attempt.entryId, { decision: 'apply' });
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

  /** Updates the document, or inserts one between two looks at the tombstone. */
  private async upsert(attempt: ApplyAttempt): Promise<Written> {
    const { mongo, link } = this;
    const { key } = attempt.event;
    const updated = await link.call('upsert', () => {
      const doc = mongo.at(key);
      return doc ? this.update(doc, attempt) : 'absent';
    });
    if (updated !== 'absent') return updated;
    const grave = await link.call('grave', () => mongo.tombstones.get(key));
    const isCompared = mongo.world.mutation !== 'insert-without-tombstone';
    if (isCompared && grave && !this.mayOverwrite(grave, attempt)) return 'rival';
    const id = await link.call('insert', () => this.insert(attempt, grave));
    if (id === null) return 'rival';
    if (mongo.world.mutation === 'tombstone-looked-at-once') return this.inserted(key, grave);
    const now = await link.call('grave again', () => mongo.tombstones.get(key));
    if (!now || now.version === grave?.version) return this.inserted(key, now);
    await link.call('take back', () => this.takeBack(id, attempt.event));
    return 'rival';
  }

  /** One transaction; where there is no document, the tombstone is put, and then looked for one that came meanwhile. */
  private async remove(attempt: ApplyAttempt): Promise<Written> {
    const { mongo, link } = this;
    const { key } = attempt.event;
    if (mongo.world.mutation === 'delete-in-two-steps') return this.removeInTwoSteps(attempt);
    const removed = await link.call('upsert', () => {
      const doc = mongo.at(key);
      if (!doc) return 'absent';
      if (!this.mayOverwrite(doc, attempt)) return 'rival';
      mongo.erase(doc);
      this.putTombstone(attempt, doc);
      return 'written';
    });
    if (removed !== 'absent') return removed;
    const put = await link.call('put tombstone', () => {
      const grave = mongo.tombstones.get(key);
      if (grave && !this.mayOverwrite(grave, attempt)) return 'rival';
      this.putTombstone(attempt, undefined);
      return 'written';
    });
    if (put === 'rival') return put;
    return (await link.call('look again', () => mongo.at(key))) ? 'rival' : 'written';
  }

  private async removeInTwoSteps(attempt: ApplyAttempt): Promise<Written> {
    const { mongo, link } = this;
    const { key } = attempt.event;
    const doc = await link.call('upsert', () => {
      const found = mongo.at(key);
      if (found && this.mayOverwrite(found, attempt)) mongo.erase(found);
      return found;
    });
    if (doc && mongo.docs.has(doc.id)) return 'rival';
    await link.call('put tombstone', () => this.putTombstone(attempt, doc));
    return 'written';
  }

  private update(doc: RecordDoc, attempt: ApplyAttempt): Written {
    const { mongo } = this;
    if (!this.mayOverwrite(doc, attempt)) return 'rival';
    const { entity } = mongo;
    const { event, merge } = attempt;
    const shared = sharedFields(entity, fieldsOf(event));
    const isWhole = mongo.world.mutation === 'whole-record-written';
    const changed = isWhole ? undefined : event.changed;
    const names = (changed ?? Object.keys({ ...sharedFields(entity, doc.fields), ...shared })).filter(
      (field) => field !== entity.keyField && fieldRole(entity, field) === 'shared',
    );
    const paid = mongo.world.mutation === 'owned-fields-from-redis' ? fieldsOf(event) : {};
    const set = {
      ...Object.fromEntries(names.flatMap((name) => (name in shared ? [[name, shared[name] ?? null]] : []))),
      ...paid,
    };
    const unset = names.filter((name) => !(name in shared));
    const original = originalOf(event);
    const isOwn = mongo.world.mutation === 'merged-with-own-version' && event.source === 'mongo';
    const own = isOwn ? { ...stampOf(event), version: original.version } : stampOf(event);
    const stamp = mongo.stamp(own, doc.fieldVersions, names, merge ?? markOf(event, changed));
    const content = { id: doc.id, ...mongo.written(doc, set, unset, isWhole), stamp };
    const { over } = attempt;
    const after = mongo.put(content, { by: 'sync', event, ...(over === undefined ? {} : { over }) });
    if (original.version !== event.version || event.source !== 'redis') {
      const before = seenIn(entity, doc);
      mongo.observer.derived({ key: event.key, ...seenIn(entity, after), before }, [before, original]);
    }
    return 'written';
  }

  /** The id; `null`: another document has the key. */
  private insert({ event, over }: ApplyAttempt, grave: Tombstone | undefined): string | null {
    const { mongo } = this;
    const { entity } = mongo;
    const fields = {
      ...grave?.owned,
      ...sharedFields(entity, fieldsOf(event)),
      [entity.keyField]: event.key,
    };
    if (mongo.isTaken(fields[entity.keyField])) return null;
    const names = Object.keys(sharedFields(entity, fields)).filter((field) => field !== entity.keyField);
    const stamp = mongo.stamp(stampOf(event), null, names, markOf(event, undefined));
    const unseen = { grave: grave?.version ?? 0, ...(over === undefined ? {} : { over }) };
    const writing = { by: 'sync', event, ...unseen } as const;
    const doc = mongo.put(
      { id: mongo.newId(), ...mongo.written({ fields: {}, bytes: {} }, fields), stamp },
      writing,
    );
    const original = originalOf(event);
    if (original.version !== event.version) {
      const before = grave ? { version: grave.version, source: grave.source, fields: null } : null;
      mongo.observer.derived({ key: event.key, ...seenIn(entity, doc), before }, [
        ...(before ? [before] : []),
        original,
      ]);
    }
    return doc.id;
  }

  private inserted(key: string, compared: Tombstone | undefined): Written {
    const { mongo } = this;
    const [doc, grave] = [mongo.at(key), mongo.tombstones.get(key)];
    if (doc && grave && grave.version > (doc.version ?? Infinity) && grave.version !== compared?.version)
      mongo.world.violated(`I5: ${key} was taken for written, below a tombstone at ${grave.version}`);
    return 'written';
  }

  private takeBack(id: string, { version, source }: ChangeEvent): void {
    const doc = this.mongo.docs.get(id);
    if (doc?.version !== version || doc.source !== source) return;
    this.mongo.erase(doc);
    this.mongo.observer.tookBack(doc.key ?? '', { version, source });
  }

  private putTombstone({ event }: ApplyAttempt, doc: RecordDoc | undefined): void {
    const { mongo } = this;
    const { key, version, source } = event;
    const there = mongo.tombstones.get(key);
    const owned = doc ? ownedFields(mongo.entity, doc.fields) : (there?.owned ?? {});
    if (!there || there.version <= version) mongo.bury({ key, version, source, owned });
    const original = originalOf(event);
    if (original.version === version) return;
    const before = doc ? seenIn(mongo.entity, doc) : there ? { ...there, fields: null } : null;
    mongo.observer.derived({ key, version, source, before, fields: null }, [
      ...(before ? [before] : []),
      original,
    ]);
  }

  /** Only what the writer had seen, or what has been kept since. */
  private mayOverwrite(
    there: { readonly version: number | null; readonly source: Stamp['source'] },
    { entryId, event, over }: ApplyAttempt,
  ): boolean {
    const { mutation } = this.mongo.world;
    if (mutation === 'redelivery-without-compare' && this.isRedelivered(entryId)) return true;
    if (mutation === 'equal-version-overwrites-mongo' && there.version === event.version) return true;
    if (mutation === 'partial-over-unseen' && there.version !== null && there.version < event.version)
      return true;
    return over === undefined ? decideIntoMongo(event, there) === 'apply' : there.version === over;
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
        : (this.misjudged(rival.event, image) ??
          obstacleTo(rival.event, image) ??
          whatStandsThere(rival, image));
      if (result) results.set(rival.entryId, result);
      else again.push(rival);
    }
    return again;
  }

  /** What is settled although Mongo's version, which stays, is the lower one. */
  private misjudged(event: ChangeEvent, image: MongoImage | undefined): RecordResult | null {
    const { entity, world } = this.mongo;
    if (
      image?.version == null ||
      image.version >= event.version ||
      hadSeen(event, { ...image, version: image.version })
    )
      return null;
    if (world.mutation !== 'merge-in-place-not-stamped' || entity.conflict !== 'merge-fields') return null;
    if (event.op === 'delete' || image.deleted) return null;
    const { merged, lost } = mergeFields(entity, event, image);
    return merged.length + lost.length === 0 ? { decision: 'same' } : null;
  }
}

/** An attempt to overwrite what had been kept is not repeated: something else stands there now. */
function whatStandsThere({ over }: ApplyAttempt, current: MongoImage | undefined): RecordResult | null {
  return over !== undefined && current ? { decision: 'concurrent', current } : null;
}

function stampOf({ version, source }: ChangeEvent): Stamp {
  return { version, source };
}

/** The stamp of the Redis write that an event carries, whatever version it is written with. */
function originalOf({ eventId }: ChangeEvent): Stamp {
  return { version: Number(eventId.slice(eventId.lastIndexOf(':') + 1)), source: 'redis' };
}

/** A write that does not name what it changed is on record as a whole: what it was made on top of may come later. */
function markOf({ version, base = 0, known = base }: ChangeEvent, changed: readonly string[] | undefined) {
  return changed ? { made: version } : { made: version, claimed: known, known };
}
