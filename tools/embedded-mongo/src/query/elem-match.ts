import { commandError } from '../errors.js';
import { asDocument, setField, type Document, type EvalContext } from '../values/index.js';
import { compileConditions, everyTest } from './condition.js';
import { compileFilter } from './filter.js';

const LOGICAL = new Set(['$and', '$or', '$nor', '$expr', '$where', '$comment', '$jsonSchema', '$text']);

/** `$elemMatch`: the index of the first element that fulfils all conditions, or -1. */
export function compileElemMatch(argument: unknown, ctx: EvalContext): (items: unknown[]) => number {
  const conditions = asDocument(argument);
  if (!conditions) throw commandError(2, '$elemMatch needs an Object');
  if (isAboutValues(conditions)) {
    const test = everyTest(compileConditions(conditions, ctx));
    return (items) => items.findIndex(test);
  }
  const filter = compileFilter(conditions, ctx);
  return (items) =>
    items.findIndex((item) => {
      const doc = Array.isArray(item) ? indexed(item) : asDocument(item);
      return doc !== undefined && filter(doc);
    });
}

/** `{$gt: 1}` speaks of the elements themselves, `{a: 1}` and `{$or: […]}` of their fields. */
export function isAboutValues(conditions: Document): boolean {
  const [first] = Object.keys(conditions);
  return first?.startsWith('$') === true && !LOGICAL.has(first);
}

/** An array as the document it is to a filter: its indexes are the names. */
function indexed(items: readonly unknown[]): Document {
  const doc: Document = {};
  for (const [index, item] of items.entries()) setField(doc, String(index), item);
  return doc;
}
