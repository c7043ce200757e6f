import { Decimal128, Double } from 'bson';

/**
 * Exact decimal arithmetic for Decimal128 (34 digits, round half to even), with bigint coefficients.
 * A finite value is `coefficient * 10 ** exponent`.
 */
export type Decimal =
  | { kind: 'finite'; coefficient: bigint; exponent: number }
  | { kind: 'infinite'; sign: 1 | -1 }
  | { kind: 'nan' };

const DIGITS = 34;
const MIN_EXPONENT = -6176;
const MAX_EXPONENT = 6111;
const NAN: Decimal = { kind: 'nan' };

export const finite = (coefficient: bigint, exponent: number): Decimal => ({
  kind: 'finite',
  coefficient,
  exponent,
});
const infinite = (sign: number): Decimal => ({ kind: 'infinite', sign: sign < 0 ? -1 : 1 });

/** The exact value of a number, also of a double (0.1 is not the decimal 0.1). */
export function decimalOf(value: number | bigint | Double | Decimal128): Decimal {
  if (value instanceof Double) return fromDouble(value.value);
  if (typeof value === 'bigint') return finite(value, 0);
  if (typeof value === 'number') return fromDouble(value);
  return fromText(value.toString());
}

export function isNaNDecimal(value: Decimal128): boolean {
  return value.toString() === 'NaN';
}

/** Reads `-12.5E+3`, `Infinity`, `NaN`; NaN for anything it cannot read. */
export function fromText(text: string): Decimal {
  const match = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) {
    const infinity = /^([+-]?)inf(inity)?$/i.exec(text);
    return infinity ? infinite(infinity[1] === '-' ? -1 : 1) : NAN;
  }
  const [, sign, whole = '', fraction = match[4] ?? '', , exponent = '0'] = match;
  const coefficient = BigInt(whole + fraction);
  return finite(sign === '-' ? -coefficient : coefficient, Number(exponent) - fraction.length);
}

/** As mongod converts a double when it meets a decimal in arithmetic: rounded to 15 digits. */
export function roundedDecimalOf(value: number | bigint | Double | Decimal128): Decimal {
  if (typeof value !== 'number' || !Number.isFinite(value) || Number.isInteger(value)) {
    return decimalOf(value);
  }
  return fromText(value.toPrecision(15));
}

function fromDouble(value: number): Decimal {
  if (Number.isNaN(value)) return NAN;
  if (!Number.isFinite(value)) return infinite(value);
  if (Number.isInteger(value)) return finite(BigInt(value), 0);
  let scaled = value;
  let halvings = 0;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    halvings++;
  }
  return finite(BigInt(scaled) * 5n ** BigInt(halvings), -halvings);
}

/** Negative, zero or positive; NaN comes before everything and equals itself. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.kind === 'nan' || b.kind === 'nan') return Number(b.kind === 'nan') - Number(a.kind === 'nan');
  if (a.kind === 'infinite' || b.kind === 'infinite') return infinitySign(a) - infinitySign(b);
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

const infinitySign = (value: Decimal): number => (value.kind === 'infinite' ? value.sign : 0);

type Finite = Extract<Decimal, { kind: 'finite' }>;

function aligned(a: Finite, b: Finite): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [
    a.coefficient * 10n ** BigInt(a.exponent - exponent),
    b.coefficient * 10n ** BigInt(b.exponent - exponent),
    exponent,
  ];
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return NAN;
  if (a.kind === 'infinite') return b.kind === 'infinite' && a.sign !== b.sign ? NAN : a;
  if (b.kind === 'infinite') return b;
  const [x, y, exponent] = aligned(a, b);
  return finite(x + y, exponent);
}

export function negateDecimal(a: Decimal): Decimal {
  if (a.kind === 'finite') return finite(-a.coefficient, a.exponent);
  return a.kind === 'infinite' ? infinite(-a.sign) : a;
}

const signOf = (value: Exclude<Decimal, { kind: 'nan' }>): number =>
  value.kind === 'infinite' ? value.sign : value.coefficient < 0n ? -1 : value.coefficient > 0n ? 1 : 0;

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return NAN;
  if (a.kind === 'finite' && b.kind === 'finite') {
    return finite(a.coefficient * b.coefficient, a.exponent + b.exponent);
  }
  const sign = signOf(a) * signOf(b);
  return sign === 0 ? NAN : infinite(sign);
}

export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return NAN;
  if (a.kind === 'infinite') return b.kind === 'infinite' ? NAN : infinite(a.sign * (signOf(b) || 1));
  if (b.kind === 'infinite') return finite(0n, 0);
  if (b.coefficient === 0n) return a.coefficient === 0n ? NAN : infinite(signOf(a));
  const extra = DIGITS + 4 + digitsOf(b.coefficient) - Math.min(digitsOf(a.coefficient), DIGITS);
  const scaled = a.coefficient * 10n ** BigInt(extra);
  const quotient = scaled / b.coefficient;
  const exponent = a.exponent - b.exponent - extra;
  if (quotient * b.coefficient !== scaled) {
    // A further digit keeps an inexact quotient from looking like a tie when it is rounded.
    return finite(
      quotient * 10n + (quotient < 0n || scaled < 0n !== b.coefficient < 0n ? -1n : 1n),
      exponent - 1,
    );
  }
  return shortened(quotient, exponent, a.exponent - b.exponent);
}

/** Exact quotients drop the zeros that were only needed to divide. */
function shortened(coefficient: bigint, exponent: number, ideal: number): Decimal {
  let value = coefficient;
  let scale = exponent;
  while (scale < ideal && value % 10n === 0n) {
    value /= 10n;
    scale++;
  }
  return finite(value, scale);
}

/** Remainder with the sign of the dividend. */
export function remainderOfDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.kind !== 'finite' || b.kind === 'nan') return NAN;
  if (b.kind === 'infinite') return a;
  if (b.coefficient === 0n) return NAN;
  const [x, y, exponent] = aligned(a, b);
  return finite(x % y, exponent);
}

const digitsOf = (value: bigint): number => (value < 0n ? -value : value).toString().length;

export type Rounding = 'half-even' | 'down' | 'floor' | 'ceil';

/** Rounds to `places` digits after the point (negative: before it). */
export function roundDecimal(value: Decimal, places: number, mode: Rounding): Decimal {
  if (value.kind !== 'finite' || value.exponent >= -places) return value;
  return finite(dropDigits(value.coefficient, -places - value.exponent, mode), -places);
}

/** Divides by `10 ** count` and rounds. */
export function dropDigits(coefficient: bigint, count: number, mode: Rounding): bigint {
  const unit = 10n ** BigInt(count);
  const quotient = coefficient / unit;
  const rest = coefficient % unit;
  if (rest === 0n || mode === 'down') return quotient;
  const away = coefficient < 0n ? -1n : 1n;
  if (mode === 'floor') return away < 0n ? quotient - 1n : quotient;
  if (mode === 'ceil') return away > 0n ? quotient + 1n : quotient;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice > unit || (twice === unit && quotient % 2n !== 0n)) return quotient + away;
  return quotient;
}

/** Rounded to what Decimal128 can hold; beyond its range infinite or zero, as IEEE 754 says. */
export function toDecimal128(value: Decimal): Decimal128 {
  if (value.kind === 'nan') return Decimal128.fromString('NaN');
  if (value.kind === 'infinite') return Decimal128.fromString(value.sign < 0 ? '-Infinity' : 'Infinity');
  let { coefficient, exponent } = value;
  const excess = Math.max(digitsOf(coefficient) - DIGITS, MIN_EXPONENT - exponent, 0);
  if (excess > 0) {
    coefficient = excess > digitsOf(coefficient) ? 0n : dropDigits(coefficient, excess, 'half-even');
    exponent += excess;
    if (digitsOf(coefficient) > DIGITS) {
      coefficient /= 10n;
      exponent++;
    }
  }
  if (coefficient === 0n) exponent = Math.min(exponent, MAX_EXPONENT);
  const room = exponent - MAX_EXPONENT;
  if (room > 0) {
    if (digitsOf(coefficient) + room > DIGITS) return toDecimal128(infinite(coefficient < 0n ? -1 : 1));
    coefficient *= 10n ** BigInt(room);
    exponent = MAX_EXPONENT;
  }
  return Decimal128.fromString(`${coefficient}E${exponent}`);
}

/** One text for all spellings of a value: `1.50` and `1.5` give the same. */
export function canonicalDecimal(value: Decimal): string {
  if (value.kind !== 'finite')
    return value.kind === 'nan' ? 'NaN' : value.sign < 0 ? '-Infinity' : 'Infinity';
  if (value.coefficient === 0n) return '0';
  const digits = value.coefficient.toString();
  const significant = digits.replace(/0+$/, '');
  return `${significant}e${value.exponent + digits.length - significant.length}`;
}
