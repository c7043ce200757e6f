import { BSONRegExp } from 'bson';
import { commandError } from '../errors.js';
import {
  RANK,
  asDocument,
  compareValues,
  isRegex,
  isNaNValue,
  keyString,
  show,
  toRegExp,
  typeRank,
  valuesEqual,
  type Collation,
} from '../values/index.js';
import type { ValueTest } from './filter-types.js';

const isNullish = (value: unknown): boolean => value === undefined || value === null;

/** Equality; a regular expression tests strings, null stands for missing too. */
export function equalTo(wanted: unknown, collation?: Collation): ValueTest {
  if (isRegex(wanted)) return matchingRegex(wanted);
  if (isNullish(wanted)) return isNullish;
  if (typeof wanted === 'string' && !collation) return (value) => value === wanted;
  return (value) => value !== undefined && valuesEqual(value, wanted, collation);
}

export function matchingRegex(wanted: RegExp | BSONRegExp, options?: string): ValueTest {
  const regex = toRegExp(wanted, options);
  return (value) =>
    typeof value === 'string'
      ? regex.test(value)
      : isRegex(value) && valuesEqual(asBson(value), asBson(wanted));
}

const asBson = (regex: RegExp | BSONRegExp): BSONRegExp =>
  regex instanceof BSONRegExp ? regex : new BSONRegExp(regex.source, regex.flags);

const MIN_SET_SIZE = 8;

export function oneOf(wanted: unknown, collation?: Collation): ValueTest {
  if (!Array.isArray(wanted)) throw commandError(2, '$in needs an array');
  for (const item of wanted) {
    const first = Object.keys(asDocument(item) ?? {})[0];
    if (first?.startsWith('$') && !['$ref', '$id', '$db'].includes(first)) {
      throw commandError(2, 'cannot nest $ under $in');
    }
  }
  if (wanted.length < MIN_SET_SIZE || wanted.some(isRegex)) {
    const tests = wanted.map((item) => equalTo(item, collation));
    return (value) => tests.some((test) => test(value));
  }
  const keys = new Set(wanted.map((item) => keyString(item, collation)));
  return (value) => keys.has(keyString(value, collation));
}

type RangeOperator = '$lt' | '$lte' | '$gt' | '$gte';

const HOLDS: Readonly<Record<RangeOperator, (order: number) => boolean>> = {
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
};

/** Only values of the bound's own type are in range, except for the bounds MinKey and MaxKey. */
export function inRange(operator: RangeOperator, bound: unknown, collation?: Collation): ValueTest {
  if (isRegex(bound)) {
    throw commandError(2, `Can't have RegEx as arg to predicate over field with ${operator}: ${show(bound)}`);
  }
  const holds = HOLDS[operator];
  const orEqual = operator === '$lte' || operator === '$gte';
  if (isNullish(bound)) return orEqual ? isNullish : () => false;
  if (isNaNValue(bound)) return orEqual ? isNaNValue : () => false;
  const rank = typeRank(bound);
  if (rank === RANK.minKey || rank === RANK.maxKey) return (value) => holds(compareValues(value, bound));
  return (value) =>
    typeRank(value) === rank && !isNaNValue(value) && holds(compareValues(value, bound, collation));
}
