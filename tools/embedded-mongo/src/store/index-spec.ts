import type { Document } from '../values/index.js';

/** An index as `listIndexes` shows it. */
export interface IndexSpec {
  v: 2;
  key: Readonly<Record<string, number>>;
  name: string;
  unique?: true;
  sparse?: true;
  hidden?: true;
  expireAfterSeconds?: number;
  partialFilterExpression?: Document;
  collation?: Document;
}

export const ID_INDEX: IndexSpec = { v: 2, key: { _id: 1 }, name: '_id_' };
