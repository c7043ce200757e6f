import type { Document } from '../values/index.js';
import type { Change } from './change.js';
import type { Collection, CollectionName } from './collection.js';

/** The data as a command sees it: the committed state, or a transaction's snapshot with its own writes. */
export interface View {
  collection(at: CollectionName): Collection | undefined;
  get(collection: Collection, key: string): Document | undefined;
  /** All documents in natural order. */
  scan(collection: Collection): Iterable<[key: string, doc: Document]>;
  /** Documents for which this view differs from the committed state, which the indexes describe. */
  divergent(collection: Collection): ReadonlySet<string>;
}

/** A view that can be written to. Data changes are checked for locks and unique keys before they happen. */
export interface Workspace extends View {
  readonly changes: readonly Change[];
  write(collection: Collection, change: Extract<Change, { key: string }>): void;
  /** Adds a collection; the caller has checked that there is none. */
  create(collection: Collection): void;
  /** Changes to collections and indexes. */
  define(change: Change): void;
}
