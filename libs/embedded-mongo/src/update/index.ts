import type { Document, EvalContext } from '../values/index.js';

/** An update document (operators or replacement) or an aggregation pipeline. */
export type Update = Document | readonly Document[];
export interface UpdateContext extends EvalContext {
  /** Where the filter matched (see `ArrayMatch`), for the positional operator `$`. */
  matchedArrayIndex?: number;
}
export interface UpdateResult {
  doc: Document;
  changed: boolean;
  /** Operator updates only: the dotted paths written, for `describeUpdate`. */
  touched?: readonly string[];
}
export interface UpdateDescription {
  updatedFields: Document;
  removedFields: string[];
  truncatedArrays: { field: string; newSize: number }[];
  /** Only for paths with numeric field names or dots within a name. */
  disambiguatedPaths?: Record<string, (string | number)[]>;
}
/** For many documents: parsed once, then `(doc, matchedArrayIndex?) => result`. */
export type CompiledUpdate = (doc: Document, matchedArrayIndex?: number) => UpdateResult;

export declare function compileUpdate(update: Update, ctx: EvalContext): CompiledUpdate;
export declare function applyUpdate(doc: Document, update: Update, ctx: UpdateContext): UpdateResult;
export declare function upsertDocument(filter: Document, update: Update, ctx: EvalContext): Document;
export declare function describeUpdate(
  pre: Document,
  post: Document,
  touched?: readonly string[],
): UpdateDescription;
export declare function isReplacement(update: Update): update is Document;
