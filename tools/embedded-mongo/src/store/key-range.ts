import { compareValues, typeRank, type Collation } from '../values/index.js';
import type { Bound } from '../query/index.js';
import type { IndexKey } from './index-keys.js';

/** A part of an index between two whole keys, over all types. */
export interface KeyBounds {
  /** Inclusive. */
  from?: IndexKey;
  /** Exclusive. */
  until?: IndexKey;
}

/** A contiguous part of an index: its first components fixed, the next one bounded. */
export interface KeyRange extends KeyBounds {
  equal: readonly unknown[];
  lower?: Bound;
  upper?: Bound;
}

export interface KeyOrder {
  /** 1 or -1 per component. */
  directions: readonly number[];
  collation: Collation | undefined;
}

export function compareKeys(a: IndexKey, b: IndexKey, order: KeyOrder): number {
  for (let i = 0; i < order.directions.length; i++) {
    const c = compareValues(a[i], b[i], order.collation);
    if (c !== 0) return order.directions[i] === -1 ? -c : c;
  }
  return 0;
}

/** Negative before the range in index order, 0 within, positive after it. */
export function positionInRange(key: IndexKey, range: KeyRange, order: KeyOrder): number {
  if (range.from && compareKeys(key, range.from, order) < 0) return -1;
  if (range.until && compareKeys(key, range.until, order) >= 0) return 1;
  const prefix = range.equal.length;
  for (let i = 0; i < prefix; i++) {
    const c = compareValues(key[i], range.equal[i], order.collation);
    if (c !== 0) return order.directions[i] === -1 ? -c : c;
  }
  if (!range.lower && !range.upper) return 0;
  const c = positionInBounds(key[prefix], range, order.collation);
  return order.directions[prefix] === -1 ? -c : c;
}

function positionInBounds(value: unknown, { lower, upper }: KeyRange, collation?: Collation): number {
  if (lower) {
    const c = compareValues(value, lower.value, collation);
    if (c < 0 || (c === 0 && !lower.inclusive)) return -1;
  }
  if (upper) {
    const c = compareValues(value, upper.value, collation);
    if (c > 0 || (c === 0 && !upper.inclusive)) return 1;
  }
  // A comparison holds only among values of one type, so that a range ends where the type does.
  if (lower && !upper && typeRank(value) !== typeRank(lower.value)) return 1;
  if (upper && !lower && typeRank(value) !== typeRank(upper.value)) return -1;
  return 0;
}
