import {
  type Conflict,
  payloadOf,
  pickFields,
  USERS,
  visibleFields,
  type JsonObject,
  type MongoImage,
  type Source,
} from '@redis-mongo-sync/sync-core';
import type { Observer } from '../checks/observer.js';
import type { SimWorld } from '../engine/sim-world.js';

export interface Doc {
  readonly id: string;
  readonly key: string;
  /** `null`: unstamped. */
  readonly version: number | null;
  readonly source: Source;
  readonly deleted: boolean;
  /** All fields but the system's: shared, owned and secret ones. */
  readonly fields: JsonObject;
}

/** One change, with the document before it (the pre-image). */
export interface OplogEntry {
  readonly kind: 'written' | 'erased';
  readonly id: string;
  readonly before: Doc | null;
}

/** Who changes a document: what is checked depends on it. */
export type Writer = 'client' | 'sync' | 'stamp' | 'outsider';

/** Mongo: documents, the unique index on the key, and the oplog. Each method is one atomic step. */
export class SimMongo {
  readonly docs = new Map<string, Doc>();
  readonly byKey = new Map<string, Doc>();
  readonly oplog: OplogEntry[] = [];
  /** Losing versions, by {@link conflictIdOf}. */
  readonly conflicts = new Map<string, Conflict>();
  /** Every state that any document has been in. */
  readonly past: Doc[] = [];
  /** The index of the last change of each document. */
  readonly changedAt = new Map<string, number>();
  /** The highest version that a record of this key ever had here. */
  readonly reached = new Map<string, number>();
  /** Where the oplog begins: what is before is no longer there. */
  oplogStart = 0;
  private ids = 0;
  private readonly operations = new Set<string>();

  constructor(
    readonly world: SimWorld,
    readonly observer: Observer,
  ) {}

  newId(): string {
    this.ids += 1;
    return this.ids.toString(16).padStart(24, '0');
  }

  put(doc: Doc, writer: Writer): void {
    const before = this.docs.get(doc.id) ?? null;
    this.world.writes += 1;
    this.observer.mongoHolds(this.byKey.get(doc.key) ?? null, doc, writer);
    if (before && before.key !== doc.key) this.byKey.delete(before.key);
    this.docs.set(doc.id, doc);
    this.byKey.set(doc.key, doc);
    this.past.push(doc);
    this.reached.set(doc.key, Math.max(this.reached.get(doc.key) ?? 0, doc.version ?? 0));
    this.changedAt.set(doc.id, this.oplog.length);
    this.oplog.push({ kind: 'written', id: doc.id, before });
  }

  erase(doc: Doc): void {
    this.world.writes += 1;
    this.docs.delete(doc.id);
    if (this.byKey.get(doc.key)?.id === doc.id) this.byKey.delete(doc.key);
    this.oplog.push({ kind: 'erased', id: doc.id, before: doc });
  }

  nextVersion(stored: number): number {
    return this.world.nextVersion('mongo', stored);
  }

  /** Adds one to a balance, once per operation. */
  deposit(key: string, operationId: string): boolean {
    const doc = this.byKey.get(key);
    const known = this.operations.has(operationId) && this.world.mutation !== 'delta-without-operation-id';
    if (known || !doc || doc.deleted) return known;
    if (!this.operations.has(operationId)) this.observer.deposited(doc.id);
    this.operations.add(operationId);
    const version = this.nextVersion(doc.version ?? 0);
    const fields = { ...doc.fields, wallet: Number(doc.fields.wallet ?? 0) + 1 };
    const after: Doc = { ...doc, version, source: 'mongo', fields };
    this.put(after, 'client');
    this.observer.clientWrote('mongo', { key, version, payload: payloadOfDoc(after), before: stampOf(doc) });
    return true;
  }
}

export function imageOf(doc: Doc): MongoImage {
  const { id, key, version, source, deleted } = doc;
  return { id, key, version, source, deleted, fields: deleted ? {} : visibleFields(USERS, doc.fields) };
}

/** What Redis should hold of the document: canonical text, `null` when it is deleted. */
export function payloadOfDoc(doc: Doc | undefined): string | null {
  return !doc || doc.deleted ? null : payloadOf(imageOf(doc).fields);
}

export function stampOf(doc: Doc | undefined): { version: number; source: Source } | null {
  return doc?.version == null ? null : { version: doc.version, source: doc.source };
}

/** What no apply may touch. */
export function keptFields(doc: Doc | undefined, also: readonly string[] = USERS.secretFields): JsonObject {
  const kept = [...USERS.ownedFields, ...also];
  return pickFields(doc?.fields ?? {}, (field) => kept.includes(field));
}
