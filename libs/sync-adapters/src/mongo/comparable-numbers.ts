import { Decimal128, Double, Int32, Long, Timestamp } from 'mongodb';

const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;

/**
 * One number for all that MongoDB compares as equal to it, whatever their types: of 64 bits if it is whole and that
 * small, else a double if one is exact, else a decimal without trailing zeros. What is no number stays as it is.
 */
export function comparableNumber(value: unknown): unknown {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return ofDouble(value);
  if (value instanceof Int32 || value instanceof Double) return ofDouble(value.value);
  // A timestamp is a `Long` to the driver.
  if (value instanceof Long && !(value instanceof Timestamp)) return value.toBigInt();
  return value instanceof Decimal128 ? ofDecimal(value) : value;
}

function ofDouble(value: number): unknown {
  if (!Number.isInteger(value)) return value;
  return ofWhole(BigInt(value)) ?? value;
}

function ofWhole(value: bigint): bigint | undefined {
  return value >= MIN_LONG && value <= MAX_LONG ? value : undefined;
}

function ofDecimal(decimal: Decimal128): unknown {
  const text = decimal.toString();
  const [, sign = '', whole, fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return Number(text);
  const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return 0n;
  const coefficient = BigInt(`${sign}${significant}`);
  const scale = Number(exponent) - fraction.length + digits.length - significant.length;
  const long = scale >= 0 && scale < 20 ? ofWhole(coefficient * 10n ** BigInt(scale)) : undefined;
  if (long !== undefined) return long;
  const double = Number(text);
  return isExactly(double, coefficient, scale) ? double : Decimal128.fromString(`${coefficient}E${scale}`);
}

/** Whether a double is the coefficient × 10^scale. */
function isExactly(double: number, coefficient: bigint, scale: number): boolean {
  if (!Number.isFinite(double) || double === 0) return false;
  let whole = double;
  let halvings = 0n;
  for (; !Number.isInteger(whole); halvings += 1n) whole *= 2;
  const ten = 10n ** BigInt(Math.abs(scale));
  return scale < 0
    ? BigInt(whole) * ten === coefficient * 2n ** halvings
    : BigInt(whole) === coefficient * ten * 2n ** halvings;
}
