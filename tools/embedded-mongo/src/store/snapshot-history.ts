import type { Document } from '../values/index.js';
import type { Collection } from './collection.js';

interface Past {
  sequence: number;
  before: Document | undefined;
}

/** Earlier versions of documents that changed while transactions are open, for their snapshot reads. */
export class SnapshotHistory {
  private readonly past = new Map<string, Map<string, Past[]>>();
  private sequence = 0;

  /** The present moment; a transaction that starts now sees nothing that comes later. */
  get now(): number {
    return this.sequence;
  }

  record(collection: Collection, key: string): void {
    this.sequence += 1;
    const id = collection.uuid.toHexString();
    const versions = this.past.get(id) ?? new Map<string, Past[]>();
    this.past.set(id, versions);
    const list = versions.get(key) ?? [];
    versions.set(key, list);
    list.push({ sequence: this.sequence, before: collection.docs.get(key) });
  }

  /** The document as it was at `moment`, if it has changed since; its value may be "did not exist". */
  at(collection: Collection, key: string, moment: number): { doc: Document | undefined } | undefined {
    const list = this.past.get(collection.uuid.toHexString())?.get(key);
    const change = list?.find((entry) => entry.sequence > moment);
    return change && { doc: change.before };
  }

  /** The versions of a document from `moment` to now, the one of that moment first; none if it is the same. */
  versionsSince(collection: Collection, key: string, moment: number): (Document | undefined)[] {
    const list = this.past.get(collection.uuid.toHexString())?.get(key) ?? [];
    const versions = list.filter((entry) => entry.sequence > moment).map(({ before }) => before);
    return versions.length > 0 ? [...versions, collection.docs.get(key)] : [];
  }

  /** Keys of the documents that have changed since `moment`. */
  *changedSince(collection: Collection, moment: number): Generator<string> {
    for (const [key, list] of this.past.get(collection.uuid.toHexString()) ?? []) {
      if (list.some((entry) => entry.sequence > moment)) yield key;
    }
  }

  clear(): void {
    this.past.clear();
  }
}
