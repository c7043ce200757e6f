import { commandError, unsupported } from '../errors.js';
import {
  RANK,
  asDocument,
  compareValues,
  fieldOf,
  show,
  toSafeInteger,
  typeRank,
  type Collation,
  type Document,
} from '../values/index.js';
import { walkPath } from './walk-path.js';

type Comparison = (a: Document, b: Document) => number;

const MAX_SORT_KEYS = 32;

/**
 * Order of documents by a sort specification. An array sorts by its least element (descending: its greatest),
 * an empty one before null, a missing field as null.
 */
export function compileSort(spec: Document, collation?: Collation): Comparison {
  const keys = Object.entries(spec).map(([path, order]) => compileKey(path, order, collation));
  if (keys.length > MAX_SORT_KEYS) throw commandError(13103, 'too many compound keys');
  const [only] = keys;
  if (only && keys.length === 1) return only;
  return (a, b) => {
    for (const compare of keys) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compileKey(path: string, order: unknown, collation?: Collation): Comparison {
  if (path === '') throw commandError(15976, 'FieldPath cannot be constructed with empty string');
  if (path.startsWith('$'))
    throw commandError(
      16410,
      `FieldPath field names may not start with '$'. Consider using $getField or $setField`,
    );
  if (asDocument(order)) throw unsupported('sorting by $meta');
  const direction = toSafeInteger(order);
  if (direction !== 1 && direction !== -1) {
    throw commandError(
      15975,
      `$sort key ordering must be 1 (for ascending) or -1 (for descending), found ${show(order)}`,
    );
  }
  const valueOf = sortValue(path, direction, collation);
  return (a, b) => direction * compareSortValues(valueOf(a), valueOf(b), collation);
}

/** Stands for an empty array: before null, after MinKey. */
const EMPTY_ARRAY = Symbol('empty array');

function compareSortValues(a: unknown, b: unknown, collation?: Collation): number {
  if (a !== EMPTY_ARRAY && b !== EMPTY_ARRAY) return compareValues(a, b, collation);
  if (a === b) return 0;
  const other = a === EMPTY_ARRAY ? b : a;
  const afterMinKey = typeRank(other) === RANK.minKey ? 1 : -1;
  return a === EMPTY_ARRAY ? afterMinKey : -afterMinKey;
}

function sortValue(path: string, direction: 1 | -1, collation?: Collation): (doc: Document) => unknown {
  const pick = (doc: Document): unknown => {
    let best: unknown;
    let found = false;
    const offer = (value: unknown): void => {
      if (found && direction * compareSortValues(value, best, collation) >= 0) return;
      best = value;
      found = true;
    };
    walkPath(doc, path, (value, _index, expandable) => {
      if (!expandable || !Array.isArray(value)) offer(value);
      else if (value.length === 0) offer(EMPTY_ARRAY);
      else value.forEach(offer);
    });
    return best;
  };
  if (path.includes('.')) return pick;
  return (doc) => {
    const value = fieldOf(doc, path);
    return Array.isArray(value) ? pick(doc) : value;
  };
}
