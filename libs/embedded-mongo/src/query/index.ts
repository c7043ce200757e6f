import type { Collation, Document, EvalContext } from '../values/index.js';

/** Filled by a filter that is asked where it matched: the index in the outermost array, for `$`. */
export interface ArrayMatch {
  index?: number;
}
export type Filter = (doc: Document, match?: ArrayMatch) => boolean;
export type Projection = (doc: Document, matchedArrayIndex?: number) => Document;
export interface Bound {
  value: unknown;
  inclusive: boolean;
}
/** On a multikey index only one of the three may be used: another array element may satisfy the other. */
export interface PathBounds {
  /** One of these values must be among the document's values at the path; `null` stands for missing too. */
  eq?: unknown[];
  lower?: Bound;
  upper?: Bound;
}

export declare function compileFilter(filter: Document, ctx: EvalContext): Filter;
export declare function compileSort(
  spec: Document,
  collation?: Collation,
): (a: Document, b: Document) => number;
export declare function compileProjection(spec: Document, ctx: EvalContext): Projection;
export declare function filterBounds(filter: Document): Map<string, PathBounds>;
/**
 * Visits every value the dotted path leads to, through arrays of documents; `undefined` where a document has
 * no such field. An array at the end of the path is visited as a whole. Stops when `visit` returns true.
 */
export declare function walkPath(
  doc: Document,
  path: string,
  visit: (value: unknown) => boolean | void,
): boolean;
