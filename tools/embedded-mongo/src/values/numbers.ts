import { Decimal128, Double, Int32, Long } from 'bson';
import { compareDecimals, decimalOf, isNaNDecimal } from './decimal.js';

/**
 * The forms a number has in memory. A JS `number` that is whole and fits int32 is an int32, every other one a
 * double; a double that would look like an int32 is a `Double`; `bigint` is int64.
 */
export type Numeric = number | bigint | Double | Decimal128;

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;
export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;

/** The number a value is, whichever class of bson it comes in; undefined for anything else. */
export function asNumeric(value: unknown): Numeric | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (value === null || typeof value !== 'object') return undefined;
  if (value instanceof Decimal128) return value;
  if (value instanceof Double) return asDouble(value.value);
  if (value instanceof Int32) return value.value;
  // A Timestamp is a Long by inheritance, but no number.
  if (value instanceof Long && (value as { _bsontype: string })._bsontype === 'Long') return value.toBigInt();
  return undefined;
}

/** The double of this value. */
export function asDouble(value: number): number | Double {
  return isInt32(value) ? new Double(value) : value;
}

/** A number's value without its type. */
export function plainNumber(value: Numeric): number | bigint | Decimal128 {
  return value instanceof Double ? value.value : value;
}

export function isInt32(value: Numeric): value is number {
  return (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= INT32_MIN &&
    value <= INT32_MAX &&
    !Object.is(value, -0)
  );
}

export function isNaNValue(value: unknown): boolean {
  return typeof value === 'number' ? Number.isNaN(value) : value instanceof Decimal128 && isNaNDecimal(value);
}

/** Nearest double. */
export function toDouble(value: Numeric): number {
  return value instanceof Decimal128 ? Number(value.toString()) : Number(value);
}

/** A whole number that fits a JS integer exactly, whatever type it is written in; else undefined. */
export function toSafeInteger(value: unknown): number | undefined {
  const numeric = asNumeric(value);
  if (numeric === undefined) return undefined;
  const double = toDouble(numeric);
  return Number.isSafeInteger(double) && compareNumbers(numeric, double) === 0 ? double : undefined;
}

/** Order by value across all numeric types, exactly; NaN comes first and equals itself. */
export function compareNumbers(left: Numeric, right: Numeric): number {
  const a = plainNumber(left);
  const b = plainNumber(right);
  if (a instanceof Decimal128 || b instanceof Decimal128) return compareDecimals(decimalOf(a), decimalOf(b));
  if (a < b) return -1;
  if (a > b) return 1;
  const aIsNaN = Number.isNaN(a);
  const bIsNaN = Number.isNaN(b);
  if (aIsNaN || bIsNaN) return Number(bIsNaN) - Number(aIsNaN);
  return 0;
}
