import {
  differingFields,
  fieldsAfter,
  isMet,
  pickFields,
  refusal,
  sharedFields,
  visibleFields,
  type Page,
  type RecordPage,
  type RecordState,
  type RecordStore,
  type RemoveCommand,
  type RemoveResult,
  type RenameCommand,
  type RenameResult,
  type SyncRecord,
  type WriteCommand,
  type WriteResult,
} from '@redis-mongo-sync/sync-core';
import type { Link } from '../engine/link.js';
import type { Seen } from '../checks/observer.js';
import { ownedFields, seenIn, type RecordDoc, type Tombstone } from './doc.js';
import { pageOf } from './page-of.js';
import type { SimMongo } from './sim-mongo.js';

/** No stream, key or event may hold it. */
export const SECRET = 'a-hash-that-never-leaves-mongo';

/** Mongo as its clients see it. */
export class SimMongoStore implements RecordStore {
  constructor(
    private readonly mongo: SimMongo,
    private readonly link: Link,
  ) {}

  get(key: string): Promise<RecordState> {
    return this.link.call('get', () => this.state(key));
  }

  list(page: Page): Promise<RecordPage> {
    return this.link.call('list', () =>
      pageOf(
        [...this.mongo.docs.values()].map(({ key }) => this.state(key ?? '')),
        page,
      ),
    );
  }

  /** A document is changed in one step; one that is not there is created above the tombstone that was found. */
  async write(command: WriteCommand): Promise<WriteResult> {
    const { key, precondition, create } = command;
    for (;;) {
      const done = await this.link.call('write', () => this.update(command));
      if (done) return done;
      const grave = await this.link.call('grave', () => this.mongo.tombstones.get(key));
      const before = stateOf(grave);
      if (!isMet(precondition, before) || !create) return refusal(precondition, before);
      const record = await this.link.call('create', () => this.create(command, grave));
      if (!record) continue; // another was faster
      const now = await this.link.call('grave again', () => this.mongo.tombstones.get(key));
      if (!now || now.version === grave?.version) return { outcome: 'created', record };
      // A delete has come between: the record is created after it.
      const lifted = await this.link.call('lift', () => this.lift(command, record, now));
      return { outcome: 'created', record: lifted ?? record };
    }
  }

  /** One transaction. */
  remove({ key, precondition }: RemoveCommand): Promise<RemoveResult> {
    return this.link.call('remove', () => {
      const before = this.state(key);
      const doc = this.mongo.at(key);
      if (!doc || !isMet(precondition, before)) return refusal(precondition, before);
      this.mongo.erase(doc);
      const owned = ownedFields(this.mongo.entity, doc.fields);
      return { outcome: 'removed', version: this.bury(key, doc.version ?? 0, owned, this.seen(doc)) };
    });
  }

  /** One transaction: the document takes the new key, a tombstone takes the old one. */
  rename(command: RenameCommand): Promise<RenameResult> {
    return this.link.call('rename', () => {
      const { mongo } = this;
      const { key, newKey, precondition } = command;
      const before = this.state(key);
      const doc = mongo.at(key);
      if (!doc || !isMet(precondition, before)) return refusal(precondition, before);
      if (key === newKey || mongo.isTaken(newKey, doc.id)) return { outcome: 'taken' };
      const grave = mongo.tombstones.get(newKey);
      const record = this.put(doc, { ...command, key: newKey }, grave?.version ?? 0, seenAs(grave));
      const removedVersion = this.bury(
        key,
        Math.max(record.version - 1, doc.version ?? 0),
        {},
        this.seen(doc),
      );
      return { outcome: 'renamed', record, removedVersion };
    });
  }

  /** Adds one to a balance. `false`: there is no such record. */
  deposit(key: string, operationId: string): Promise<boolean> {
    return this.link.call('deposit', () => this.mongo.deposit(key, operationId));
  }

  /** `null`: there is no document. */
  private update(command: WriteCommand): WriteResult | null {
    const doc = this.mongo.at(command.key);
    if (!doc) return null;
    const before = this.state(command.key);
    if (!isMet(command.precondition, before)) return refusal(command.precondition, before);
    return { outcome: 'updated', record: this.put(doc, command, 0, this.seen(doc)) };
  }

  private create(command: WriteCommand, grave: Tombstone | undefined): SyncRecord | null {
    const { mongo } = this;
    if (mongo.isTaken(command.key)) return null;
    const fields = { ...grave?.owned, passwordHash: SECRET };
    const fresh = mongo.written({ fields: {}, bytes: {} }, fields);
    return this.put({ id: mongo.newId(), ...fresh }, command, grave?.version ?? 0, seenAs(grave));
  }

  /** `null`: others have written since. */
  private lift(command: WriteCommand, { version }: SyncRecord, grave: Tombstone): SyncRecord | null {
    const doc = this.mongo.at(command.key);
    if (doc?.version !== version || doc.source !== 'mongo') return null;
    const { mongo } = this;
    const stamp = { version: mongo.nextVersion(Math.max(version, grave.version)), source: 'mongo' } as const;
    const owned = mongo.written(doc, grave.owned);
    const after = mongo.put(
      { id: doc.id, ...owned, stamp: mongo.stamp(stamp, null, undefined) },
      { by: 'client' },
    );
    const lifted = { key: command.key, ...seenIn(mongo.entity, after) };
    mongo.observer.derived({ ...lifted, before: seenAs(grave) }, [grave, this.seen(doc)]);
    return { key: command.key, ...stamp, fields: visibleFields(mongo.entity, after.fields) };
  }

  /** @param before what stood at the key that is written */
  private put(
    doc: Pick<RecordDoc, 'id' | 'fields' | 'bytes'> & Partial<RecordDoc>,
    command: WriteCommand,
    floor: number,
    before: Seen | null,
  ): SyncRecord {
    const { mongo } = this;
    const { entity } = mongo;
    const after = fieldsAfter(entity, doc.fields, command);
    const unset = Object.keys(doc.fields).filter((field) => !(field in after));
    const changed = differingFields(sharedFields(entity, doc.fields), sharedFields(entity, after));
    const set = pickFields(after, (field) => changed.includes(field));
    const version = mongo.nextVersion(Math.max(floor, doc.version ?? 0));
    const stamp = { version, source: 'mongo' } as const;
    const kept = mongo.stamp(stamp, doc.fieldVersions ?? null, doc.key === command.key ? changed : undefined);
    mongo.put({ id: doc.id, ...mongo.written(doc, set, unset), stamp: kept }, { by: 'client', grave: floor });
    const fields = visibleFields(entity, after);
    mongo.observer.clientWrote({ key: command.key, ...stamp, before, fields });
    return { key: command.key, ...stamp, fields };
  }

  private bury(key: string, floor: number, owned: Tombstone['owned'], before: Seen | null): number {
    const { mongo } = this;
    const there = mongo.tombstones.get(key);
    const version = mongo.nextVersion(Math.max(floor, there?.version ?? 0));
    mongo.bury({ key, version, source: 'mongo', owned });
    mongo.observer.clientWrote({ key, version, source: 'mongo', before, fields: null }, there);
    return version;
  }

  private seen(doc: RecordDoc): Seen {
    return seenIn(this.mongo.entity, doc);
  }

  private state(key: string): RecordState {
    const doc = this.mongo.at(key);
    if (!doc) return stateOf(this.mongo.tombstones.get(key));
    return {
      state: 'live',
      record: {
        key,
        ...seenIn(this.mongo.entity, doc),
        fields: visibleFields(this.mongo.entity, doc.fields),
      },
    };
  }
}

function stateOf(grave: Tombstone | undefined): RecordState {
  if (!grave) return { state: 'absent' };
  return { state: 'deleted', stamp: { version: grave.version, source: grave.source } };
}

function seenAs(grave: Tombstone | undefined): Seen | null {
  return grave ? { version: grave.version, source: grave.source, fields: null } : null;
}
