import type { Document } from '../values/index.js';

/** One operator on one field, and the document it is applied to (for messages). */
export interface OperatorSite {
  operator: string;
  argument: unknown;
  path: string;
  doc: Document;
}
