import {
  pickFields,
  type Conflict,
  type EntityDefinition,
  type FieldVersions,
  type Json,
  type JsonObject,
  type MergeMark,
  type Stamp,
  type UnsyncableReason,
} from '@redis-mongo-sync/sync-core';
import type { Observer, Writing } from '../checks/observer.js';
import type { SimWorld } from '../engine/sim-world.js';
import {
  anyNumberIn,
  docOf,
  isRecord,
  seenIn,
  shownIn,
  stampValue,
  type Doc,
  type DocContent,
  type RecordDoc,
  type Tombstone,
} from './doc.js';

/** One change, with what was there before it (the pre-image). */
export type OplogEntry =
  | { readonly kind: 'written' | 'erased'; readonly id: string; readonly before: Doc | null }
  | { readonly kind: 'buried' | 'unburied'; readonly tombstone: Tombstone };

/** Mongo: documents with a unique index on the key, tombstones, and the oplog. Each method is one atomic step. */
export class SimMongo {
  readonly docs = new Map<string, Doc>();
  readonly tombstones = new Map<string, Tombstone>();
  readonly oplog: OplogEntry[] = [];
  /** Losing versions, by {@link conflictIdOf}. */
  readonly conflicts = new Map<string, Conflict>();
  /** The list of documents that are not synced. */
  readonly unsyncable = new Map<string, UnsyncableReason>();
  /** Every state that any document has been in. */
  readonly past: Doc[] = [];
  /** The index of the last change of each document, and of each tombstone by its key. */
  readonly changedAt = new Map<string, number>();
  /** Documents that an outsider gave another key, and nobody has written since: the index of that change. */
  readonly movedAt = new Map<string, number>();
  /** Documents to which a client gave another key. */
  readonly renamed = new Set<string>();
  /** The highest version that a record of this key ever had here. */
  readonly reached = new Map<string, number>();
  /** Where the oplog begins: what is before is no longer there. */
  oplogStart = 0;
  private readonly byValue = new Map<string, Doc>();
  private ids = 0;
  private marks = 0;
  private readonly operations = new Set<string>();

  constructor(
    readonly world: SimWorld,
    readonly observer: Observer,
  ) {}

  get entity(): EntityDefinition {
    return this.world.entity;
  }

  newId(): string {
    this.ids += 1;
    return `{"$oid":"${this.ids.toString(16).padStart(24, '0')}"}`;
  }

  /** The document of a record. */
  at(key: string): RecordDoc | undefined {
    const doc = this.byValue.get(JSON.stringify(key));
    return isRecord(doc) ? doc : undefined;
  }

  /** Whether another document than `id` has this value in its key field. A document without one is in no index. */
  isTaken(value: Json | undefined, id?: string): boolean {
    const holder = value === undefined ? undefined : this.byValue.get(JSON.stringify(value));
    return holder !== undefined && holder.id !== id;
  }

  put(content: DocContent, writing: Writing): Doc {
    const { keyField } = this.entity;
    const value = content.fields[keyField];
    if (this.isTaken(value, content.id)) throw new Error(`E11000 ${JSON.stringify(value)}`);
    const isLenient = this.world.mutation === 'odd-stamp-taken';
    const doc = isLenient ? docOf(this.entity, content, anyNumberIn) : docOf(this.entity, content);
    const before = this.docs.get(doc.id) ?? null;
    this.world.writes += 1;
    this.observer.mongoHolds(before, doc, writing);
    if (before) this.byValue.delete(JSON.stringify(before.fields[keyField]));
    this.docs.set(doc.id, doc);
    if (value !== undefined) this.byValue.set(JSON.stringify(value), doc);
    this.past.push(doc);
    if (doc.key !== null) this.reach(doc.key, doc.version ?? 0);
    this.changedAt.set(doc.id, this.oplog.length);
    const isMoved = writing.by === 'outsider' && before?.key != null && before.key !== doc.key;
    if (writing.by === 'client' && before && before.key !== doc.key) this.renamed.add(doc.id);
    if (isMoved) this.movedAt.set(doc.id, this.oplog.length);
    else this.movedAt.delete(doc.id);
    this.oplog.push({ kind: 'written', id: doc.id, before });
    return doc;
  }

  erase(doc: Doc): void {
    this.world.writes += 1;
    this.docs.delete(doc.id);
    this.byValue.delete(JSON.stringify(doc.fields[this.entity.keyField]));
    this.oplog.push({ kind: 'erased', id: doc.id, before: doc });
  }

  bury(tombstone: Tombstone): void {
    const { key, version } = tombstone;
    this.world.writes += 1;
    this.observer.mongoBuried(this.tombstones.get(key) ?? null, tombstone);
    this.tombstones.set(key, tombstone);
    this.reach(key, version);
    this.changedAt.set(key, this.oplog.length);
    this.oplog.push({ kind: 'buried', tombstone });
  }

  /** Removes a tombstone: its time has come, or an outsider does. */
  unbury(tombstone: Tombstone): void {
    this.world.writes += 1;
    this.tombstones.delete(tombstone.key);
    this.oplog.push({ kind: 'unburied', tombstone });
  }

  nextVersion(stored: number): number {
    return this.world.nextVersion('mongo', stored);
  }

  /**
   * A document's fields after some are set and some removed. A value that compares equal keeps its bytes – unless it is
   * `rewritten`.
   */
  written(
    doc: Pick<DocContent, 'fields' | 'bytes'>,
    set: JsonObject,
    unset: readonly string[] = [],
    rewritten = false,
  ): Pick<DocContent, 'fields' | 'bytes'> {
    const mark = `#${(this.marks += 1)}`;
    const fields = { ...doc.fields, ...set };
    const bytes: Record<string, string> = { ...doc.bytes };
    for (const [field, value] of Object.entries(set)) {
      if (rewritten || JSON.stringify(value) !== JSON.stringify(doc.fields[field])) bytes[field] = mark;
    }
    for (const field of unset) {
      delete (fields as Record<string, Json>)[field];
      delete bytes[field];
    }
    return { fields, bytes };
  }

  /** `_sync` of a document that a product's write changes in these fields; absent: in any. */
  stamp(
    stamp: Stamp,
    before: FieldVersions | null,
    changed: readonly string[] | undefined,
    merge?: { readonly made: number } & Partial<MergeMark>,
  ): Json {
    if (this.entity.conflict !== 'merge-fields' || this.world.mutation === 'field-versions-not-kept')
      return stampValue(stamp, null);
    const { version } = stamp;
    const { of = {}, made = {}, all = 0, merged } = before ?? {};
    const { made: by = 0, claimed, known } = merge ?? {};
    const isMerge = claimed !== undefined && known !== undefined;
    const mark = isMerge ? { merged: { at: version, made: by, claimed, known } } : merged ? { merged } : {};
    if (!changed) return stampValue(stamp, { of: {}, all: version });
    const madeBefore = pickFields(made, (field) => !changed.includes(field)) as Record<string, number>;
    const madeNow = merge ? Object.fromEntries(changed.map((field) => [field, merge.made])) : {};
    return stampValue(stamp, {
      of: { ...of, ...Object.fromEntries(changed.map((field) => [field, version])) },
      made: { ...madeBefore, ...madeNow },
      all,
      ...mark,
    });
  }

  /** Adds one to a balance, once per operation. */
  deposit(key: string, operationId: string): boolean {
    const doc = this.at(key);
    const known = this.operations.has(operationId) && this.world.mutation !== 'delta-without-operation-id';
    if (known || !doc) return known;
    const account = typeof doc.fields.account === 'string' ? doc.fields.account : doc.id;
    if (!this.operations.has(operationId)) this.observer.deposited(account);
    this.operations.add(operationId);
    const stamp = { version: this.nextVersion(doc.version ?? 0), source: 'mongo' } as const;
    const paid = { wallet: Number(doc.fields.wallet ?? 0) + 1, account };
    const after = this.put(
      { id: doc.id, ...this.written(doc, paid), stamp: this.stamp(stamp, doc.fieldVersions, []) },
      { by: 'client' },
    );
    const fields = shownIn(this.entity, after);
    this.observer.clientWrote({ key, ...stamp, before: seenIn(this.entity, doc), fields });
    return true;
  }

  private reach(key: string, version: number): void {
    this.reached.set(key, Math.max(this.reached.get(key) ?? 0, version));
  }
}
