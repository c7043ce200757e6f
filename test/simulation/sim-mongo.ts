import {
  conflictIdOf,
  decide,
  fieldsOf,
  hadSeen,
  payloadOf,
  pickFields,
  sharedFields,
  type ApplyAttempt,
  type Conflict,
  type ConflictLog,
  type EntityDefinition,
  type JsonObject,
  type MongoAuthority,
  type MongoChange,
  type MongoImage,
  type RecordResult,
  type RecordTarget,
  type Settlement,
  type Source,
  type StampRequest,
} from '#libs/sync-core';
import { THINGS, type SimWorld } from './sim-world.js';

export interface Doc {
  readonly id: string;
  readonly key: string;
  readonly version: number | null;
  readonly source: Source;
  readonly deleted: boolean;
  readonly fields: JsonObject;
}

type OplogEntry =
  { readonly kind: 'written'; readonly key: string } | { readonly kind: 'erased'; readonly last: Doc };

/** Mongo, with its oplog, its clients, and the people who write into it directly. */
export class SimMongo implements MongoAuthority, RecordTarget, ConflictLog {
  readonly docs = new Map<string, Doc>();
  readonly oplog: OplogEntry[] = [];
  readonly conflicts = new Map<string, Conflict>();
  private readonly history: Doc[] = [];
  private ids = 0;

  constructor(
    private readonly world: SimWorld,
    private readonly settler: (settlements: readonly Settlement[]) => void,
  ) {}

  // ——— clients

  clientWrite(key: string, name: string): number {
    const before = this.docs.get(key);
    const version = this.world.nextVersion('mongo', before?.version ?? 0);
    this.put({
      id: this.idOf(before),
      key,
      version,
      source: 'mongo',
      deleted: false,
      fields: this.merged(before, { key, name }),
    });
    return version;
  }

  clientDelete(key: string): number | null {
    const before = this.docs.get(key);
    if (!before || before.deleted) return null;
    const version = this.world.nextVersion('mongo', before.version ?? 0);
    this.put({ ...before, version, source: 'mongo', deleted: true, fields: owned(before.fields) });
    return version;
  }

  deposit(key: string): number | null {
    const before = this.docs.get(key);
    if (!before || before.deleted) return null;
    const version = this.world.nextVersion('mongo', before.version ?? 0);
    const wallet = Number(before.fields.wallet ?? 0) + 1;
    this.put({ ...before, version, source: 'mongo', fields: { ...before.fields, wallet } });
    return version;
  }

  // ——— outsiders, who know nothing of versions

  outsiderEdit(key: string, name: string): void {
    const before = this.docs.get(key);
    if (before && !before.deleted) this.put({ ...before, fields: { ...before.fields, name } });
  }

  outsiderReplace(key: string, name: string): void {
    const before = this.docs.get(key);
    const fields = this.merged(before, { key, name });
    this.put({ id: this.idOf(before), key, version: null, source: 'mongo', deleted: false, fields });
  }

  outsiderErase(key: string): void {
    const last = this.docs.get(key);
    if (!last) return;
    this.docs.delete(key);
    this.oplog.push({ kind: 'erased', last });
  }

  /** Puts an older state of some document back, version and all. */
  outsiderRestore(key: string): void {
    const copies = this.history.filter((doc) => doc.key === key);
    if (copies.length === 0) return;
    const copy = this.world.random.pick(copies);
    const present = this.docs.get(key);
    this.put({
      ...copy,
      id: this.idOf(present),
      fields: { ...copy.fields, ...owned(present?.fields ?? copy.fields) },
    });
  }

  // ——— change feed

  /** The changes behind a position, as a change stream with updateLookup shows them. */
  changesAfter(position: string | null, count: number): { changes: MongoChange[]; position: string } {
    const from = Number(position ?? 0);
    const taken = this.oplog.slice(from, from + count);
    const changes = taken
      .map((entry): MongoChange | null => {
        if (entry.kind === 'erased')
          return { kind: 'erased', entity: THINGS, id: entry.last.id, last: entry.last };
        const image = this.docs.get(entry.key);
        return image ? { kind: 'written', entity: THINGS, image } : null;
      })
      .filter((change) => change !== null);
    return { changes, position: String(from + taken.length) };
  }

  // ——— authority

  async current(
    _entity: EntityDefinition,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, MongoImage>> {
    await this.world.gap();
    const found = keys.map((key) => this.docs.get(key)).filter((doc) => doc !== undefined);
    return new Map(found.map((doc) => [doc.key, doc]));
  }

  async stamp(_entity: EntityDefinition, requests: readonly StampRequest[]): Promise<void> {
    for (const { id, seen, floor } of requests) {
      await this.world.gap();
      const doc = [...this.docs.values()].find((candidate) => candidate.id === id);
      if (doc?.version !== seen || this.world.mutation === 'no-stamping') continue;
      const version = this.world.nextVersion('mongo', Math.max(floor, seen ?? 0));
      this.put({ ...doc, version, source: 'mongo' });
    }
  }

  async bury(_entity: EntityDefinition, key: string, floor: number): Promise<'buried' | 'taken'> {
    await this.world.gap();
    if (this.docs.has(key)) return 'taken';
    const version = this.world.nextVersion('mongo', floor);
    this.put({ id: this.idOf(undefined), key, version, source: 'mongo', deleted: true, fields: {} });
    return 'buried';
  }

  // ——— record target

  async apply(
    _entity: EntityDefinition,
    attempts: readonly ApplyAttempt[],
  ): Promise<readonly RecordResult[]> {
    await this.world.gap();
    return attempts.map(({ event, over }): RecordResult => {
      const doc = this.docs.get(event.key);
      const current = doc ? { version: doc.version, source: doc.source, content: contentOf(doc) } : null;
      const verdict = decide('mongo', { ...event, content: event.payload }, current);
      const forced = this.world.mutation === 'overwrite-at-equal-version' && verdict === 'same';
      if (doc && (verdict === 'unstamped' || verdict === 'stale')) return { verdict, current: doc };
      if (verdict === 'same' && !forced) return { verdict };
      if (doc?.version != null && verdict === 'apply' && over !== doc.version) {
        const { version, source } = doc;
        if (!hadSeen(event, { version, source })) return { verdict: 'concurrent', current: doc };
      }
      if (doc?.version != null && event.version <= doc.version) {
        this.world.violated(`I7: an apply of ${event.version} overwrote ${doc.version} on ${event.key}`);
      }
      const fields =
        event.op === 'delete'
          ? owned(doc?.fields ?? {})
          : this.merged(doc, sharedFields(THINGS, fieldsOf(event)));
      this.put({
        id: this.idOf(doc),
        key: event.key,
        version: event.version,
        source: event.source,
        deleted: event.op === 'delete',
        fields,
      });
      return { verdict: 'apply' };
    });
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    await this.world.gap();
    this.settler(settlements);
  }

  async keep(conflicts: readonly Conflict[]): Promise<void> {
    await this.world.gap();
    for (const conflict of conflicts) this.conflicts.set(conflictIdOf(conflict), conflict);
  }

  private put(doc: Doc): void {
    this.docs.set(doc.key, doc);
    this.history.push(doc);
    this.oplog.push({ kind: 'written', key: doc.key });
  }

  private merged(before: Doc | undefined, shared: JsonObject): JsonObject {
    return { ...owned(before?.fields ?? {}), ...shared };
  }

  private idOf(doc: Doc | undefined): string {
    return doc?.id ?? `id${this.ids++}`;
  }
}

export function contentOf(doc: Doc): string | null {
  return doc.deleted ? null : payloadOf(doc.fields);
}

function owned(fields: JsonObject): JsonObject {
  return pickFields(fields, (field) => field === 'wallet');
}
