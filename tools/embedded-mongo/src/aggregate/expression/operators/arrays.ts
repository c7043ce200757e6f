import { commandError } from '../../../errors.js';
import { asNumeric, toDouble, toSafeInteger, typeName, type Collation } from '../../../values/index.js';
import {
  between,
  fixed,
  isNullish,
  named,
  unary,
  unaryOrNull,
  variadic,
  type CallSite,
} from '../operands.js';
import type { OperatorTable } from '../types.js';
import { compareInExpressions } from './comparison.js';

export const ARRAYS: OperatorTable = {
  $isArray: unary((value) => Array.isArray(value)),
  $size: unary((value) => {
    if (!Array.isArray(value)) {
      throw commandError(
        17124,
        `The argument to $size must be an array, but was of type: ${typeName(value)}`,
      );
    }
    return value.length;
  }),
  $arrayElemAt: fixed(2, ([items, index], site) => {
    if (isNullish(items) || isNullish(index)) return null;
    return elementAt(arrayIn(items, site), integerIn(index, site));
  }),
  $first: unaryOrNull((items, site) => arrayIn(items, site)[0]),
  $last: unaryOrNull((items, site) => arrayIn(items, site).at(-1)),
  $concatArrays: variadic((values, site) =>
    values.some(isNullish) ? null : values.flatMap((items) => arrayIn(items, site)),
  ),
  $reverseArray: unaryOrNull((items, site) => arrayIn(items, site).toReversed()),
  $in: fixed(2, ([wanted, items], { compiler }) => {
    if (!Array.isArray(items)) {
      throw commandError(40081, `$in requires an array as a second argument, found: ${typeName(items)}`);
    }
    return indexOf(items, wanted, compiler.ctx.collation) >= 0;
  }),
  $indexOfArray: between(2, 4, ([items, wanted, start, end], site) => {
    if (isNullish(items)) return null;
    const [from, to] = rangeOf(start, end, site);
    const index = indexOf(arrayIn(items, site).slice(0, to), wanted, site.compiler.ctx.collation, from);
    return index;
  }),
  $slice: between(2, 3, slice),
  $range: between(2, 3, range),
  $zip: named({ required: ['inputs'], optional: ['useLongestLength', 'defaults'] }, (get, site) => {
    const inputs = get('inputs');
    if (isNullish(inputs)) return null;
    const rows = arrayIn(inputs, site);
    if (rows.some(isNullish)) return null;
    return zip(
      rows.map((row) => arrayIn(row, site)),
      get('useLongestLength') === true,
      get('defaults'),
    );
  }),
  $firstN: named({ required: ['n', 'input'] }, (get, site) =>
    arrayIn(get('input'), site).slice(0, countIn(get('n'), site.operator)),
  ),
  $lastN: named({ required: ['n', 'input'] }, (get, site) =>
    arrayIn(get('input'), site).slice(-countIn(get('n'), site.operator)),
  ),
  $minN: named({ required: ['n', 'input'] }, (get, site) =>
    ordered(get('input'), 1, site).slice(0, countIn(get('n'), site.operator)),
  ),
  $maxN: named({ required: ['n', 'input'] }, (get, site) =>
    ordered(get('input'), -1, site).slice(0, countIn(get('n'), site.operator)),
  ),
};

export function arrayIn(value: unknown, { operator }: CallSite): unknown[] {
  if (!Array.isArray(value)) {
    throw commandError(
      28689,
      `${operator} requires an array, but was given a value of type ${typeName(value)}`,
    );
  }
  return value;
}

/** The positive whole number of elements `$firstN` and its like want. */
export function countIn(value: unknown, operator: string): number {
  const count = toSafeInteger(value);
  if (count === undefined || count < 1) {
    throw commandError(
      5787908,
      `'n' of ${operator} has to be a whole number greater than 0, found ${typeName(value)}`,
    );
  }
  return count;
}

export function integerIn(value: unknown, { operator }: CallSite): number {
  const integer = toSafeInteger(value);
  if (integer === undefined) {
    throw commandError(28690, `${operator} requires a whole number, found ${typeName(value)}`);
  }
  return integer;
}

const elementAt = (items: unknown[], index: number): unknown =>
  items.at(index < -items.length ? items.length : index);

function indexOf(items: unknown[], wanted: unknown, collation: Collation | undefined, from = 0): number {
  return items.findIndex((item, i) => i >= from && compareInExpressions(item, wanted, collation) === 0);
}

/** Optional start and end of a search, neither negative. */
export function rangeOf(start: unknown, end: unknown, site: CallSite): [number, number] {
  const bounds = [start ?? 0, end ?? Number.MAX_SAFE_INTEGER].map((bound) => integerIn(bound, site));
  if (bounds.some((bound) => bound < 0)) {
    throw commandError(40097, `${site.operator} requires a nonnegative starting and ending index`);
  }
  return bounds as [number, number];
}

function slice([items, first, second]: unknown[], site: CallSite): unknown {
  if (isNullish(items) || isNullish(first) || second === null) return null;
  const array = arrayIn(items, site);
  const start = integerIn(first, site);
  if (second === undefined) return start < 0 ? array.slice(start) : array.slice(0, start);
  const count = integerIn(second, site);
  if (count <= 0) throw commandError(28729, `Third argument to $slice must be positive: ${count}`);
  const from = start < 0 ? Math.max(0, array.length + start) : start;
  return array.slice(from, from + count);
}

const MAX_RANGE = 1_000_000;

function range([from, to, by = 1]: unknown[]): number[] {
  const [start, end, step] = [from, to, by].map((bound) => {
    const numeric = asNumeric(bound);
    if (numeric === undefined || !Number.isInteger(toDouble(numeric))) {
      throw commandError(
        34443,
        `$range requires numeric whole bounds, found value of type: ${typeName(bound)}`,
      );
    }
    return toDouble(numeric);
  }) as [number, number, number];
  if (step === 0) throw commandError(34449, '$range requires a non-zero step value');
  const length = Math.max(0, Math.ceil((end - start) / step));
  if (length > MAX_RANGE) throw commandError(146, `$range would make an array of ${length} elements`);
  return Array.from({ length }, (_, i) => start + i * step);
}

function zip(rows: unknown[][], longest: boolean, defaults: unknown): unknown[][] {
  if (defaults !== undefined && !longest) {
    throw commandError(34467, 'cannot specify defaults unless useLongestLength is true');
  }
  const lengths = rows.map((row) => row.length);
  const length = longest ? Math.max(0, ...lengths) : Math.min(...lengths);
  const fallback = Array.isArray(defaults) ? (defaults as unknown[]) : [];
  return Array.from({ length }, (_, i) =>
    rows.map((row, r) => (i < row.length ? row[i] : (fallback[r] ?? null))),
  );
}

function ordered(input: unknown, direction: 1 | -1, site: CallSite): unknown[] {
  const { collation } = site.compiler.ctx;
  return arrayIn(input, site)
    .filter((item) => !isNullish(item))
    .sort((a, b) => direction * compareInExpressions(a, b, collation));
}
