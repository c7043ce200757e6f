import { nameOf } from '../bson/index.js';
import { asDocument, bsonClass, isRegex, type Document } from '../values/index.js';
import { operatorsOf } from './condition.js';

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

/**
 * What an index may be asked for: conditions every matching document fulfils. It says less than the filter
 * (only top-level conditions and those under `$and`), so candidates still have to be tested.
 */
export function filterBounds(filter: Document): Map<string, PathBounds> {
  const bounds = new Map<string, PathBounds>();
  collect(filter, bounds);
  return bounds;
}

function collect(filter: Document, bounds: Map<string, PathBounds>): void {
  for (const [name, condition] of Object.entries(filter)) {
    if (name === '$and' && Array.isArray(condition)) {
      for (const branch of condition) collect(asDocument(branch) ?? {}, bounds);
    } else if (!name.startsWith('$')) {
      const found = boundsOf(condition);
      const path = nameOf(name);
      if (Object.keys(found).length > 0) bounds.set(path, { ...found, ...bounds.get(path) });
    }
  }
}

function boundsOf(condition: unknown): PathBounds {
  const operators = operatorsOf(condition);
  if (!operators) return isLookedUp(condition) ? { eq: [condition] } : {};
  const bounds: PathBounds = {};
  for (const [operator, argument] of Object.entries(operators)) {
    if (operator === '$eq' && isLookedUp(argument)) bounds.eq = [argument];
    else if (operator === '$in' && Array.isArray(argument) && argument.every(isLookedUp)) {
      bounds.eq ??= argument as unknown[];
    } else if ((operator === '$gt' || operator === '$gte') && isRangeBound(argument)) {
      bounds.lower = { value: argument, inclusive: operator === '$gte' };
    } else if ((operator === '$lt' || operator === '$lte') && isRangeBound(argument)) {
      bounds.upper = { value: argument, inclusive: operator === '$lte' };
    }
  }
  return bounds;
}

/** Regular expressions match what they do not equal; whole arrays are not index keys. */
const isLookedUp = (value: unknown): boolean =>
  value !== undefined && !isRegex(value) && !Array.isArray(value);

const isRangeBound = (value: unknown): boolean =>
  ['number', 'bigint', 'string'].includes(typeof value) ? !Number.isNaN(value) : isOrderedObject(value);

function isOrderedObject(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  const type = bsonClass(value);
  return (
    value instanceof Date ||
    ['ObjectId', 'Timestamp', 'Decimal128', 'Long', 'Int32', 'Double'].includes(type ?? '')
  );
}
