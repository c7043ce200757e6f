import { commandError } from '../errors.js';
import { identical, setField, show, valuesEqual, type Document } from '../values/index.js';
import type { UpdateResult } from './update-types.js';

/** The new document in place of the old one, whose `_id` it keeps. */
export function applyReplacement(doc: Document, replacement: Document): UpdateResult {
  checkReplacement(replacement);
  if (doc._id !== undefined && replacement._id !== undefined && !valuesEqual(doc._id, replacement._id)) {
    throw commandError(
      66,
      `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${show(replacement._id)}`,
    );
  }
  const id = doc._id ?? replacement._id;
  const result: Document = id === undefined ? {} : { _id: id };
  for (const [name, value] of Object.entries(replacement)) if (name !== '_id') setField(result, name, value);
  return identical(doc, result) ? { doc, changed: false } : { doc: result, changed: true };
}

function checkReplacement(replacement: Document): void {
  const dollar = Object.keys(replacement).find((name) => name.startsWith('$'));
  if (dollar !== undefined) {
    throw commandError(
      52,
      `The dollar ($) prefixed field '${dollar}' in '${dollar}' is not allowed in the context of an update's ` +
        'replacement document. Consider using an aggregation pipeline with $replaceWith.',
    );
  }
}
