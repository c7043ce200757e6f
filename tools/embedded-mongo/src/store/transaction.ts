import type { UUID } from 'bson';
import { commandError } from '../errors.js';
import type { Document } from '../values/index.js';
import type { Change } from './change.js';
import { Collection, type CollectionName } from './collection.js';
import type { Data } from './data.js';
import { duplicateId, duplicateKey } from './duplicate-key.js';
import { documentResource, namespaceResource } from './locks.js';
import type { TransactionStamp } from './oplog.js';
import { claimResource, uniqueClaims, type UniqueClaim } from './unique.js';
import type { Workspace } from './workspace.js';

type TransactionState = 'active' | 'committed' | 'aborted';
type Overlay = Map<string, Document | undefined>;

/**
 * A multi-document transaction: it reads the state of its start and its own writes, which nobody else sees
 * before the commit. Two transactions that write the same document or unique key: the later one fails with
 * WriteConflict. Plain commands wait for the end of the transaction instead.
 */
export class Transaction implements Workspace {
  readonly changes: Change[] = [];
  /** Monotonic, in ms. */
  readonly startedAt = performance.now();
  /** Resolves when the transaction is committed or aborted. */
  readonly ended: Promise<void>;
  private current: TransactionState = 'active';
  private readonly moment: number;
  private readonly overlays = new Map<string, Overlay>();
  private readonly created = new Map<string, Collection>();
  private readonly resources = new Set<string>();
  /** Which document claimed a unique key. */
  private readonly claimants = new Map<string, string>();
  private release: () => void = () => undefined;

  constructor(
    readonly stamp: TransactionStamp,
    private readonly data: Data,
  ) {
    this.moment = data.history.now;
    this.ended = new Promise((resolve) => (this.release = resolve));
    data.transactions.add(this);
  }

  get state(): TransactionState {
    return this.current;
  }

  end(state: 'committed' | 'aborted'): void {
    if (this.current !== 'active') return;
    this.current = state;
    this.data.locks.release(this.resources);
    this.data.transactions.delete(this);
    if (this.data.transactions.size === 0) this.data.history.clear();
    this.release();
  }

  touches(uuid: UUID): boolean {
    return this.overlays.has(uuid.toHexString());
  }

  collection(at: CollectionName): Collection | undefined {
    return this.created.get(`${at.db}.${at.name}`) ?? this.data.catalog.get(at);
  }

  get(collection: Collection, key: string): Document | undefined {
    const overlay = this.overlays.get(collection.uuid.toHexString());
    if (overlay?.has(key)) return overlay.get(key);
    const past = this.data.history.at(collection, key, this.moment);
    return past ? past.doc : collection.docs.get(key);
  }

  *scan(collection: Collection): Generator<[string, Document]> {
    const divergent = new Set(this.divergent(collection));
    for (const [key, doc] of collection.docs) {
      const seen = divergent.delete(key) ? this.get(collection, key) : doc;
      if (seen) yield [key, seen];
    }
    for (const key of divergent) {
      const seen = this.get(collection, key);
      if (seen) yield [key, seen];
    }
  }

  divergent(collection: Collection): ReadonlySet<string> {
    const own = this.overlays.get(collection.uuid.toHexString())?.keys() ?? [];
    return new Set([...own, ...this.data.history.changedSince(collection, this.moment)]);
  }

  write(collection: Collection, change: Extract<Change, { key: string }>): void {
    const previous = this.get(collection, change.key);
    this.lock(documentResource(collection, change.key));
    const overlay = this.overlay(collection);
    if (!overlay.has(change.key) && this.data.history.at(collection, change.key, this.moment))
      throw conflict();
    if (change.op !== 'delete') collection.assertIndexable(change.doc);
    if (change.op === 'insert' && previous) throw duplicateId(collection, change.doc._id);
    if (change.op !== 'delete') {
      for (const claim of uniqueClaims(collection, change.doc, previous))
        this.claim(collection, change.key, claim);
    }
    overlay.set(change.key, change.op === 'delete' ? undefined : change.doc);
    this.changes.push(change);
  }

  create(collection: Collection): void {
    this.lock(namespaceResource(collection.ns));
    this.created.set(collection.ns, collection);
    this.changes.push({
      op: 'create',
      at: collection.at,
      uuid: collection.uuid,
      options: collection.options,
    });
  }

  define(change: Change): void {
    if (change.op !== 'createIndexes') throw commandError(263, `${change.op} cannot run in a transaction`);
    const collection = this.created.get(`${change.at.db}.${change.at.name}`);
    if (!collection || this.overlays.has(collection.uuid.toHexString())) {
      throw commandError(
        263,
        `Cannot create new indexes on existing collection ${change.at.db}.${change.at.name} in a multi-document transaction.`,
      );
    }
    for (const spec of change.indexes) collection.addIndex(spec);
    this.changes.push(change);
  }

  private claim(collection: Collection, key: string, claim: UniqueClaim): void {
    const resource = claimResource(collection, claim);
    this.lock(resource);
    const overlay = this.overlay(collection);
    const holds = (doc: Document | undefined) =>
      doc !== undefined && claim.index.keysOf(doc).some((other) => claim.index.sameKey(other, claim.key));
    const claimant = this.claimants.get(resource);
    if (claimant !== undefined && claimant !== key && holds(overlay.get(claimant))) {
      throw duplicateKey(collection, claim.index, claim.key);
    }
    const changed = [...this.data.history.changedSince(collection, this.moment)];
    if (changed.some((other) => this.wasClaimedSince(collection, other, holds))) throw conflict();
    for (const other of [...claim.index.withKey(claim.key), ...changed]) {
      if (other === key || !holds(this.get(collection, other))) continue;
      throw duplicateKey(collection, claim.index, claim.key);
    }
    this.claimants.set(resource, key);
  }

  /** Claiming a unique key leaves a mark that later claims in older snapshots run into; giving it up does not. */
  private wasClaimedSince(
    collection: Collection,
    key: string,
    holds: (doc: Document | undefined) => boolean,
  ): boolean {
    const versions = this.data.history.versionsSince(collection, key, this.moment);
    return versions.some((doc, i) => i > 0 && holds(doc) && !holds(versions[i - 1]));
  }

  private lock(resource: string): void {
    const holder = this.data.locks.holder(resource);
    if (holder && holder !== this) throw conflict();
    this.data.locks.take(resource, this);
    this.resources.add(resource);
  }

  private overlay(collection: Collection): Overlay {
    const id = collection.uuid.toHexString();
    const overlay = this.overlays.get(id) ?? new Map<string, Document | undefined>();
    this.overlays.set(id, overlay);
    return overlay;
  }
}

function conflict(): Error {
  return commandError(
    112,
    'Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.',
  );
}
