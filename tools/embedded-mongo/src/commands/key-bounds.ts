import { commandError } from '../errors.js';
import type { IndexKey } from '../store/index-keys.js';
import { compareKeys, type KeyBounds } from '../store/key-range.js';
import type { OrderedIndex } from '../store/ordered-index.js';
import { fieldOf, isDocument, type Document } from '../values/index.js';

/** `min` (inclusive) and `max` (exclusive) of `find`, as keys of the index that the hint names. */
export function keyBounds(
  { min, max }: Document,
  hinted: OrderedIndex | 'natural' | undefined,
): KeyBounds | undefined {
  if (!isGiven('min', min) && !isGiven('max', max)) return undefined;
  if (hinted === undefined) {
    throw commandError(51173, 'When using min()/max() a hint of which index to use must be provided');
  }
  if (hinted === 'natural') throw incompatible();
  const bounds: KeyBounds = {};
  if (isGiven('min', min)) bounds.from = keyOf(min, hinted);
  if (isGiven('max', max)) bounds.until = keyOf(max, hinted);
  if (bounds.from && bounds.until && compareKeys(bounds.from, bounds.until, hinted.order) >= 0) {
    throw commandError(
      51175,
      'The value provided for min() does not come before the value provided for max() in the hinted index',
    );
  }
  return bounds;
}

/** An empty document is the same as none. */
function isGiven(name: string, bound: unknown): bound is Document {
  if (bound === undefined || bound === null) return false;
  if (!isDocument(bound)) throw commandError(14, `Expected field ${name} to be of type object`);
  return Object.keys(bound).length > 0;
}

function keyOf(bound: Document, { fields }: OrderedIndex): IndexKey {
  const names = Object.keys(bound);
  const fits = names.length === fields.length && fields.every((field) => fieldOf(bound, field) !== undefined);
  if (!fits) throw incompatible();
  return fields.map((field) => fieldOf(bound, field));
}

const incompatible = (): Error => commandError(51174, 'The index chosen is not compatible with min/max');
