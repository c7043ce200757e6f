import type { Timestamp } from 'bson';
import type { Collation } from './collation.js';
import type { Document } from './document.js';

/** What a filter, an update or a pipeline may know beyond the documents it is given. */
export interface EvalContext {
  /** `$$NOW` and `$currentDate`: one instant for the whole command. */
  now: Date;
  /** `$$CLUSTER_TIME` and `$currentDate: {$type: 'timestamp'}`. */
  clusterTime?: Timestamp;
  /** User variables (the command's `let`), without their `$$`. */
  variables?: Readonly<Record<string, unknown>>;
  collation?: Collation;
  arrayFilters?: readonly Document[];
  /** The documents of another collection of the same database, for `$lookup` and its like. */
  collection?(name: string): Iterable<Document>;
}
