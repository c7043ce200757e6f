import type { Document } from '../values/index.js';

/** Filled by a filter that is asked where it matched: the index in the outermost array, for `$`. */
export interface ArrayMatch {
  index?: number;
}

export type Filter = (doc: Document, match?: ArrayMatch) => boolean;

/** A condition on one value; arrays are looked into by whoever walks the path. */
export type ValueTest = (value: unknown) => boolean;

export function allOf(tests: readonly Filter[]): Filter {
  const [only] = tests;
  if (!only) return () => true;
  if (tests.length === 1) return only;
  return (doc, match) => {
    for (const test of tests) if (!test(doc, match)) return false;
    return true;
  };
}

export function anyOf(tests: readonly Filter[]): Filter {
  return (doc, match) => {
    for (const test of tests) if (test(doc, match)) return true;
    return false;
  };
}

/** Where a negated condition matched is nobody's business. */
export function negated(test: Filter): Filter {
  return (doc) => !test(doc);
}
