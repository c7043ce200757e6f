import type { Document } from '../values/index.js';
import type { Undo } from './catalog.js';
import type { Change } from './change.js';
import type { Collection, CollectionName } from './collection.js';
import type { Data } from './data.js';
import { duplicateId, duplicateKey } from './duplicate-key.js';
import { documentResource, LockedByTransaction, namespaceResource } from './locks.js';
import { claimResource, uniqueClaims } from './unique.js';
import type { Workspace } from './workspace.js';

const NOTHING: ReadonlySet<string> = new Set();

/**
 * The workspace of a plain command: changes take effect at once and can be taken back as a whole, when the
 * command has to wait for a transaction or when its record cannot be written.
 */
export class DirectWorkspace implements Workspace {
  readonly changes: Change[] = [];
  private readonly undos: Undo[] = [];

  constructor(private readonly data: Data) {}

  collection(at: CollectionName): Collection | undefined {
    return this.data.catalog.get(at);
  }

  get(collection: Collection, key: string): Document | undefined {
    return collection.docs.get(key);
  }

  scan(collection: Collection): Iterable<[string, Document]> {
    return collection.docs;
  }

  divergent(): ReadonlySet<string> {
    return NOTHING;
  }

  write(collection: Collection, change: Extract<Change, { key: string }>): void {
    const shared = this.data.transactions.size > 0;
    if (shared) this.data.locks.assertFree(documentResource(collection, change.key));
    const previous = collection.docs.get(change.key);
    if (change.op !== 'delete') collection.assertIndexable(change.doc);
    if (change.op === 'insert' && previous) throw duplicateId(collection, change.doc._id);
    if (change.op !== 'delete') this.assertUnique(collection, change.key, change.doc, previous);
    if (shared) this.data.history.record(collection, change.key);
    this.apply(change);
  }

  create(collection: Collection): void {
    this.data.locks.assertFree(namespaceResource(collection.ns));
    this.apply({ op: 'create', at: collection.at, uuid: collection.uuid, options: collection.options });
  }

  define(change: Change): void {
    for (const transaction of this.data.transactions) {
      if ('uuid' in change && transaction.touches(change.uuid)) throw new LockedByTransaction(transaction);
    }
    this.apply(change);
  }

  /** Applies without asking: the changes of a transaction that holds all the locks. */
  adopt(changes: readonly Change[]): void {
    for (const change of changes) {
      const collection = 'key' in change ? this.data.catalog.get(change.at) : undefined;
      if (collection && 'key' in change) this.data.history.record(collection, change.key);
      this.apply(change);
    }
  }

  /** Something besides the data that has to be set back together with it. */
  onUndo(undo: Undo): void {
    this.undos.push(undo);
  }

  undo(): void {
    for (let undo = this.undos.pop(); undo; undo = this.undos.pop()) undo();
    this.changes.length = 0;
  }

  private apply(change: Change): void {
    this.undos.push(this.data.catalog.apply(change));
    this.changes.push(change);
  }

  private assertUnique(collection: Collection, key: string, doc: Document, previous?: Document): void {
    for (const claim of uniqueClaims(collection, doc, previous)) {
      if (this.data.transactions.size > 0) this.data.locks.assertFree(claimResource(collection, claim));
      for (const other of claim.index.withKey(claim.key)) {
        if (other === key) continue;
        // Also if an open transaction is about to give the key up: nobody knows yet.
        throw duplicateKey(collection, claim.index, claim.key);
      }
    }
  }
}
