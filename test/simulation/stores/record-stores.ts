import {
  fieldsAfter,
  isMet,
  payloadOf,
  refusal,
  versionOf,
  USERS,
  type HeldRecord,
  type JsonObject,
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
import { imageOf, keptFields, payloadOfDoc, stampOf, type Doc, type SimMongo } from './sim-mongo.js';
import type { SimRedis } from './sim-redis.js';

/** Redis as its clients see it: read, merge, and write on condition that no other client was faster. */
export class SimRedisStore implements RecordStore {
  private operations = 0;

  constructor(
    private readonly redis: SimRedis,
    private readonly link: Link,
    /** Unique per client. */
    private readonly name = 'client',
  ) {}

  get(key: string): Promise<RecordState> {
    return this.link.call('get', () => stateOfHeld(key, this.redis.held.get(key)));
  }

  list(page: Page): Promise<RecordPage> {
    return this.link.call('list', () =>
      pageOf(
        [...this.redis.held].map(([key, held]) => stateOfHeld(key, held)),
        page,
      ),
    );
  }

  async write(command: WriteCommand): Promise<WriteResult> {
    const { key, precondition, create } = command;
    for (;;) {
      const before = await this.get(key);
      if (!isMet(precondition, before) || (before.state !== 'live' && !create))
        return refusal(precondition, before);
      const fields = fieldsAfter(USERS, before.state === 'live' ? before.record.fields : {}, command);
      const expected = before.state === 'live' ? before.record.version : 'absent';
      const result = await this.send(key, fields, expected);
      if (result.outcome === 'conflict') continue;
      const record: SyncRecord = { key, version: result.version, source: 'redis', fields };
      return { outcome: result.created ? 'created' : 'updated', record };
    }
  }

  async remove({ key, precondition }: RemoveCommand): Promise<RemoveResult> {
    if (precondition.kind !== 'absent') {
      const expected = precondition.kind === 'version' ? precondition.version : 'exists';
      const result = await this.send(key, null, expected);
      if (result.outcome === 'written') return { outcome: 'removed', version: result.version };
    }
    return refusal(precondition, await this.get(key));
  }

  rename(_command: RenameCommand): Promise<RenameResult> {
    return Promise.resolve({ outcome: 'unsupported', reason: 'keys are changed on the other side' });
  }

  private send(key: string, fields: JsonObject | null, expected: 'absent' | 'exists' | number) {
    const operationId = `${this.name} ${(this.operations += 1)}`;
    const payload = fields && payloadOf(fields);
    return this.link.call('write', () => this.redis.write({ key, payload, expected, operationId }));
  }
}

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
        [...this.mongo.byKey.keys()].map((key) => this.state(key)),
        page,
      ),
    );
  }

  write(command: WriteCommand): Promise<WriteResult> {
    return this.link.call('write', () => {
      const { key, precondition, create } = command;
      const before = this.state(key);
      if (!isMet(precondition, before) || (before.state !== 'live' && !create))
        return refusal(precondition, before);
      const doc = this.mongo.byKey.get(key);
      this.put(doc, command, versionOf(before), doc);
      const after = this.state(key);
      if (after.state !== 'live') throw new Error('written, and not there');
      return { outcome: before.state === 'live' ? 'updated' : 'created', record: after.record };
    });
  }

  remove({ key, precondition }: RemoveCommand): Promise<RemoveResult> {
    return this.link.call('remove', () => {
      const before = this.state(key);
      const doc = this.mongo.byKey.get(key);
      if (!doc || before.state !== 'live' || !isMet(precondition, before))
        return refusal(precondition, before);
      return { outcome: 'removed', version: this.bury(doc, doc.version ?? 0) };
    });
  }

  /** One transaction: the document takes the new key, a tombstone takes the old one. */
  rename(command: RenameCommand): Promise<RenameResult> {
    return this.link.call('rename', () => {
      const before = this.state(command.key);
      const there = this.state(command.newKey);
      const doc = this.mongo.byKey.get(command.key);
      if (!doc || before.state !== 'live' || !isMet(command.precondition, before))
        return refusal(command.precondition, before);
      if (there.state === 'live') return { outcome: 'taken' };
      const buried = this.mongo.byKey.get(command.newKey);
      if (buried) this.mongo.erase(buried);
      const floor = Math.max(versionOf(before), versionOf(there));
      this.put(doc, { ...command, key: command.newKey }, floor, buried);
      const after = this.state(command.newKey);
      if (after.state !== 'live') throw new Error('renamed, and not there');
      const { record } = after;
      const grave: Doc = { ...doc, id: this.mongo.newId(), fields: {} };
      return { outcome: 'renamed', record, removedVersion: this.bury(grave, record.version - 1, doc) };
    });
  }

  /** Adds one to a balance. `false`: there is no such record. */
  deposit(key: string, operationId: string): Promise<boolean> {
    return this.link.call('deposit', () => this.mongo.deposit(key, operationId));
  }

  /** @param inPlaceOf what stood at the key before */
  private put(doc: Doc | undefined, command: WriteCommand, floor: number, inPlaceOf: Doc | undefined): void {
    const held = doc?.deleted ? keptFields(doc, []) : (doc?.fields ?? {});
    const version = this.mongo.nextVersion(Math.max(floor, doc?.version ?? 0));
    const id = doc?.id ?? this.mongo.newId();
    const fields = { passwordHash: SECRET, ...fieldsAfter(USERS, held, command) };
    const after: Doc = { id, key: command.key, version, source: 'mongo', deleted: false, fields };
    const before = stampOf(inPlaceOf);
    this.mongo.put(after, 'client');
    this.mongo.observer.clientWrote('mongo', {
      key: command.key,
      version,
      payload: payloadOfDoc(after),
      before,
    });
  }

  private bury(doc: Doc, floor: number, before = doc): number {
    const version = this.mongo.nextVersion(Math.max(floor, doc.version ?? 0));
    const fields = { ...keptFields(doc, []), email: doc.key };
    this.mongo.put({ ...doc, version, source: 'mongo', deleted: true, fields }, 'client');
    this.mongo.observer.clientWrote('mongo', {
      key: doc.key,
      version,
      payload: null,
      before: stampOf(before),
    });
    return version;
  }

  private state(key: string): RecordState {
    const doc = this.mongo.byKey.get(key);
    if (!doc) return { state: 'absent' };
    const stamp = { version: doc.version ?? 0, source: doc.source };
    if (doc.deleted) return { state: 'deleted', stamp };
    return { state: 'live', record: { key, ...stamp, fields: imageOf(doc).fields } };
  }
}

/** No stream, key or event may hold it. */
export const SECRET = 'a-hash-that-never-leaves-mongo';

function stateOfHeld(key: string, held: HeldRecord | undefined): RecordState {
  if (!held) return { state: 'absent' };
  const { version, source, payload } = held;
  if (payload === null) return { state: 'deleted', stamp: { version, source } };
  return { state: 'live', record: { key, version, source, fields: JSON.parse(payload) as JsonObject } };
}

function pageOf(states: readonly RecordState[], { limit, after = '' }: Page): RecordPage {
  const live = states
    .filter((state) => state.state === 'live')
    .map(({ record }) => record)
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const records = live.slice(0, limit);
  const last = records.at(-1);
  return live.length > limit && last ? { records, next: last.key } : { records };
}
