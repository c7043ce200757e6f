import type { Collection } from './collection.js';
import type { Transaction } from './transaction.js';

/** Thrown when a plain command meets what an open transaction has locked: it waits and starts again. */
export class LockedByTransaction extends Error {
  constructor(readonly holder: Transaction) {
    super('locked by an open transaction');
  }
}

/** What open transactions have written: documents, unique index keys and names of new collections. */
export class Locks {
  private readonly holders = new Map<string, Transaction>();

  /** A plain write passes only where no transaction has been. */
  assertFree(resource: string): void {
    if (this.holders.size === 0) return;
    const holder = this.holders.get(resource);
    if (holder) throw new LockedByTransaction(holder);
  }

  holder(resource: string): Transaction | undefined {
    return this.holders.get(resource);
  }

  take(resource: string, transaction: Transaction): void {
    this.holders.set(resource, transaction);
  }

  release(resources: Iterable<string>): void {
    for (const resource of resources) this.holders.delete(resource);
  }
}

export function documentResource(collection: Collection, key: string): string {
  return `${collection.uuid.toHexString()}/${key}`;
}

export function uniqueResource(collection: Collection, indexName: string, key: string): string {
  return `${collection.uuid.toHexString()}:${indexName}:${key}`;
}

export function namespaceResource(ns: string): string {
  return `ns ${ns}`;
}
