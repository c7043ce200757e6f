import { Decimal128 } from 'bson';
import {
  addDecimals,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  remainderOfDecimals,
  roundedDecimalOf,
  toDecimal128,
  type Decimal,
} from './decimal.js';
import { INT64_MAX, INT64_MIN, asDouble, isInt32, toDouble, type Numeric } from './numbers.js';

/**
 * Arithmetic with mongod's types: int32 with int32 gives int32 or, where it does not fit, int64; int64 with
 * either gives int64; a double makes the result a double, a decimal makes it a decimal.
 */

/** What becomes of a result that int64 cannot hold; by default the nearest double, as in expressions. */
type OnOverflow = (exact: bigint) => Numeric;

interface Operation {
  decimal: (a: Decimal, b: Decimal) => Decimal;
  double: (a: number, b: number) => number;
  integer: (a: bigint, b: bigint) => bigint;
}

const ADD: Operation = { decimal: addDecimals, double: (a, b) => a + b, integer: (a, b) => a + b };
const SUBTRACT: Operation = {
  decimal: (a, b) => addDecimals(a, negateDecimal(b)),
  double: (a, b) => a - b,
  integer: (a, b) => a - b,
};
const MULTIPLY: Operation = { decimal: multiplyDecimals, double: (a, b) => a * b, integer: (a, b) => a * b };
const REMAINDER: Operation = {
  decimal: remainderOfDecimals,
  double: (a, b) => a % b,
  integer: (a, b) => a % b,
};

export const add = (a: Numeric, b: Numeric, overflow?: OnOverflow): Numeric => apply(ADD, [a, b], overflow);

export const multiply = (a: Numeric, b: Numeric, overflow?: OnOverflow): Numeric =>
  apply(MULTIPLY, [a, b], overflow);

/** The divisor must not be zero; the sign is the dividend's. */
export const remainder = (a: Numeric, b: Numeric): Numeric => apply(REMAINDER, [a, b]);

export const subtract = (a: Numeric, b: Numeric): Numeric => apply(SUBTRACT, [a, b]);

/** Always a double or a decimal. The divisor must not be zero. */
export function divide(a: Numeric, b: Numeric): Numeric {
  if (!(a instanceof Decimal128 || b instanceof Decimal128)) return asDouble(toDouble(a) / toDouble(b));
  return toDecimal128(divideDecimals(roundedDecimalOf(a), roundedDecimalOf(b)));
}

function apply(operation: Operation, [a, b]: [Numeric, Numeric], overflow?: OnOverflow): Numeric {
  if (a instanceof Decimal128 || b instanceof Decimal128) {
    return toDecimal128(operation.decimal(roundedDecimalOf(a), roundedDecimalOf(b)));
  }
  if (!isInteger(a) || !isInteger(b)) return asDouble(operation.double(toDouble(a), toDouble(b)));
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = operation.double(a, b) + 0;
    return isInt32(sum) ? sum : operation.integer(BigInt(a), BigInt(b));
  }
  const exact = operation.integer(BigInt(a), BigInt(b));
  if (exact >= INT64_MIN && exact <= INT64_MAX) return exact;
  return overflow ? overflow(exact) : Number(exact);
}

/** int32 or int64, as opposed to a double. */
export function isInteger(value: Numeric): value is number | bigint {
  return typeof value === 'bigint' || isInt32(value);
}
