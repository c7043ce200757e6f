import { Decimal128 } from 'bson';
import { millisecondsOf } from '../../../bson/index.js';
import { commandError, unsupported } from '../../../errors.js';
import {
  Summation,
  arithmetic,
  asDouble,
  asNumeric,
  decimal,
  isInt32,
  toDouble,
  toSafeInteger,
  typeName,
  type Numeric,
} from '../../../values/index.js';
import { between, fixed, isNullish, unary, variadic, type CallSite } from '../operands.js';
import type { OperatorFactory, OperatorTable } from '../types.js';

export const ARITHMETIC: OperatorTable = {
  $add: variadic(add),
  $subtract: fixed(2, subtract),
  $multiply: variadic((values, site) => {
    if (values.some(isNullish)) return null;
    return values
      .map((value) => numberIn(value, site))
      .reduce<Numeric>((a, b) => arithmetic.multiply(a, b), 1);
  }),
  $divide: fixed(2, (values, site) => {
    if (values.some(isNullish)) return null;
    const [a, b] = values.map((value) => numberIn(value, site)) as [Numeric, Numeric];
    if (toDouble(b) === 0) throw commandError(2, "can't $divide by zero");
    return arithmetic.divide(a, b);
  }),
  $mod: fixed(2, (values, site) => {
    if (values.some(isNullish)) return null;
    const [a, b] = values.map((value) => numberIn(value, site)) as [Numeric, Numeric];
    if (toDouble(b) === 0) throw commandError(16610, "can't $mod by zero");
    return arithmetic.remainder(a, b);
  }),
  $abs: numeric((value) => (compareToZero(value) < 0 ? absolute(value) : value)),
  $floor: numeric((value) => rounded(value, 0, 'floor')),
  $ceil: numeric((value) => rounded(value, 0, 'ceil')),
  $trunc: between(1, 2, (values, site) => roundTo(values, site, 'down')),
  $round: between(1, 2, (values, site) => roundTo(values, site, 'half-even')),
  $pow: fixed(2, power),
  $sqrt: real(Math.sqrt, (value) => value >= 0, [
    28714,
    "$sqrt's argument must be greater than or equal to 0",
  ]),
  $exp: real(Math.exp),
  $ln: real(Math.log, (value) => value > 0, [28766, "$ln's argument must be a positive number"]),
  $log10: real(Math.log10, (value) => value > 0, [28761, "$log10's argument must be a positive number"]),
  $log: fixed(2, logarithm),
  $sin: real(Math.sin),
  $cos: real(Math.cos),
  $tan: real(Math.tan),
  $asin: real(Math.asin),
  $acos: real(Math.acos),
  $atan: real(Math.atan),
  $sinh: real(Math.sinh),
  $cosh: real(Math.cosh),
  $tanh: real(Math.tanh),
  $asinh: real(Math.asinh),
  $acosh: real(Math.acosh),
  $atanh: real(Math.atanh),
  $atan2: fixed(2, (values, site) => {
    if (values.some(isNullish)) return null;
    const [y, x] = values.map((value) => doubleIn(value, site)) as [number, number];
    return asDouble(Math.atan2(y, x));
  }),
  $degreesToRadians: real((value) => (value * Math.PI) / 180),
  $radiansToDegrees: real((value) => (value * 180) / Math.PI),
  $bitAnd: bitwise(-1n, (a, b) => a & b),
  $bitOr: bitwise(0n, (a, b) => a | b),
  $bitXor: bitwise(0n, (a, b) => a ^ b),
  $bitNot: unary((value, site) => {
    if (isNullish(value)) return null;
    const integer = integerIn(value, site);
    return typeof integer === 'bigint' ? ~integer : ~integer;
  }),
};

/** The number an operand has to be. */
function numberIn(value: unknown, { operator }: CallSite): Numeric {
  const number = asNumeric(value);
  if (number === undefined) {
    throw commandError(14, `${operator} only supports numeric types, not ${typeName(value)}`);
  }
  return number;
}

/** For functions whose decimal form this library does not compute. */
function doubleIn(value: unknown, site: CallSite): number {
  const number = numberIn(value, site);
  if (number instanceof Decimal128) throw unsupported(`${site.operator} of a Decimal128`);
  return toDouble(number);
}

function integerIn(value: unknown, { operator }: CallSite): number | bigint {
  const number = asNumeric(value);
  if (number === undefined || number instanceof Decimal128 || !arithmetic.isInteger(number)) {
    throw commandError(14, `${operator} only supports int and long operands, not ${typeName(value)}`);
  }
  return number;
}

function add(values: unknown[], { operator }: CallSite): unknown {
  const sum = new Summation();
  let date: Date | undefined;
  for (const value of values) {
    if (isNullish(value)) return null;
    const number = asNumeric(value);
    if (number !== undefined) sum.add(number);
    else if (!(value instanceof Date)) {
      throw commandError(14, `${operator} only supports numeric or date types, not ${typeName(value)}`);
    } else if (date) throw commandError(16612, 'only one date allowed in an $add expression');
    else date = value;
  }
  return date ? shifted(date, sum.total()) : sum.total();
}

function subtract([a, b]: unknown[]): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  const minuend = asNumeric(a);
  const subtrahend = asNumeric(b);
  if (minuend !== undefined && subtrahend !== undefined) return arithmetic.subtract(minuend, subtrahend);
  if (a instanceof Date && b instanceof Date) return BigInt(millisecondsOf(a)) - BigInt(millisecondsOf(b));
  if (a instanceof Date && subtrahend !== undefined) return shifted(a, arithmetic.subtract(0, subtrahend));
  throw commandError(14, `can't $subtract ${typeName(b)} from ${typeName(a)}`);
}

/** A date plus milliseconds, rounded to whole ones. */
function shifted(date: Date, milliseconds: Numeric): Date {
  const double = toDouble(milliseconds);
  const result = new Date(date.getTime() + Math.sign(double) * Math.round(Math.abs(double)));
  if (Number.isNaN(result.getTime())) throw commandError(15, 'date overflow');
  return result;
}

function numeric(compute: (value: Numeric) => Numeric): OperatorFactory {
  return unary((value, site) => (isNullish(value) ? null : compute(numberIn(value, site))));
}

function real(
  compute: (value: number) => number,
  accepts: (value: number) => boolean = () => true,
  [code, message]: [number, string] = [2, ''],
): OperatorFactory {
  return unary((value, site) => {
    if (isNullish(value)) return null;
    const double = doubleIn(value, site);
    if (!Number.isNaN(double) && !accepts(double)) throw commandError(code, `${message}, but is ${double}`);
    return asDouble(compute(double));
  });
}

const compareToZero = (value: Numeric): number => (toDouble(value) < 0 || Object.is(value, -0) ? -1 : 1);

function absolute(value: Numeric): Numeric {
  if (value === -(2n ** 63n)) throw commandError(28680, "can't take $abs of long long min");
  return arithmetic.subtract(0, value);
}

function rounded(value: Numeric, places: number, mode: decimal.Rounding): Numeric {
  if (value instanceof Decimal128) {
    return decimal.toDecimal128(decimal.roundDecimal(decimal.decimalOf(value), places, mode));
  }
  if (arithmetic.isInteger(value)) return places >= 0 ? value : roundedInteger(value, places, mode);
  return asDouble(roundedDouble(toDouble(value), places, mode));
}

function roundedDouble(value: number, places: number, mode: decimal.Rounding): number {
  if (places === 0 && mode !== 'half-even') {
    return mode === 'floor' ? Math.floor(value) : mode === 'ceil' ? Math.ceil(value) : Math.trunc(value);
  }
  if (!Number.isFinite(value)) return value;
  return toDouble(decimal.toDecimal128(decimal.roundDecimal(decimal.decimalOf(value), places, mode)));
}

/** To tens, hundreds, … (`places` is negative). */
function roundedInteger(value: number | bigint, places: number, mode: decimal.Rounding): Numeric {
  const unit = 10n ** BigInt(-places);
  const whole = decimal.dropDigits(BigInt(value), -places, mode) * unit;
  return isInt32(Number(whole)) && typeof value === 'number' ? Number(whole) : whole;
}

function roundTo([value, places]: unknown[], site: CallSite, mode: decimal.Rounding): unknown {
  if (isNullish(value) || places === null) return null;
  const digits = places === undefined ? 0 : toSafeInteger(places);
  if (digits === undefined || digits < -20 || digits > 100) {
    throw commandError(
      51083,
      `cannot apply ${site.operator} with precision value ${typeName(places)} (has to be a whole number between -20 and 100)`,
    );
  }
  return rounded(numberIn(value, site), digits, mode);
}

/** Integers exactly while they fit int64, all else as doubles. */
function power(values: unknown[], site: CallSite): unknown {
  if (values.some(isNullish)) return null;
  const [base, exponent] = values.map((value) => numberIn(value, site)) as [Numeric, Numeric];
  if (toDouble(base) === 0 && toDouble(exponent) < 0) {
    throw commandError(28764, '$pow cannot take a base of 0 and a negative exponent');
  }
  if (isWhole(base) && isWhole(exponent) && exponent >= 0 && exponent <= 63) {
    const exact = BigInt(base) ** BigInt(exponent);
    if (BigInt.asIntN(64, exact) === exact) {
      const narrow = Number(exact);
      return typeof base === 'number' && typeof exponent === 'number' && isInt32(narrow) ? narrow : exact;
    }
  }
  return asDouble(doubleIn(base, site) ** doubleIn(exponent, site));
}

const isWhole = (value: Numeric): value is number | bigint =>
  !(value instanceof Decimal128) && arithmetic.isInteger(value);

function logarithm(values: unknown[], site: CallSite): unknown {
  if (values.some(isNullish)) return null;
  const [value, base] = values.map((operand) => doubleIn(operand, site)) as [number, number];
  if (value <= 0) throw commandError(28758, `$log's argument must be a positive number, but is ${value}`);
  if (base <= 0 || base === 1) {
    throw commandError(28759, `$log's base must be a positive number not equal to 1, but is ${base}`);
  }
  return asDouble(Math.log(value) / Math.log(base));
}

function bitwise(initial: bigint, combine: (a: bigint, b: bigint) => bigint): OperatorFactory {
  return variadic((values, site) => {
    if (values.some(isNullish)) return null;
    const integers = values.map((value) => integerIn(value, site));
    const result = integers.reduce<bigint>((a, b) => combine(a, BigInt(b)), initial);
    return integers.some((value) => typeof value === 'bigint') ? result : Number(result);
  });
}
