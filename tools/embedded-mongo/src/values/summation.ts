import { Decimal128 } from 'bson';
import { addDecimals, finite, roundedDecimalOf, toDecimal128, type Decimal } from './decimal.js';
import { INT64_MAX, INT64_MIN, asDouble, isInt32, toDouble, type Numeric } from './numbers.js';
import { isInteger } from './arithmetic.js';

/**
 * A running sum as mongod keeps one: integers exactly, doubles with compensation (0.1 + 0.2 + 0.3 is 0.6),
 * decimals in decimal. The result has the widest type seen.
 */
export class Summation {
  private integers = 0n;
  private double = 0;
  private compensation = 0;
  private decimals: Decimal | undefined;
  private sawInt64 = false;
  private sawDouble = false;
  count = 0;

  add(value: Numeric): void {
    this.count++;
    if (value instanceof Decimal128) {
      this.decimals = addDecimals(this.decimals ?? finite(0n, 0), roundedDecimalOf(value));
    } else if (isInteger(value)) {
      this.integers += BigInt(value);
      this.sawInt64 ||= typeof value === 'bigint';
    } else {
      this.sawDouble = true;
      this.addDouble(toDouble(value));
    }
  }

  total(): Numeric {
    if (this.decimals) {
      const doubles = this.sawDouble ? roundedDecimalOf(this.double + this.compensation) : finite(0n, 0);
      return toDecimal128(addDecimals(addDecimals(this.decimals, doubles), finite(this.integers, 0)));
    }
    if (this.sawDouble) return asDouble(this.totalAsDouble());
    if (this.integers < INT64_MIN || this.integers > INT64_MAX) return Number(this.integers);
    const narrow = Number(this.integers);
    return !this.sawInt64 && isInt32(narrow) ? narrow : this.integers;
  }

  private totalAsDouble(): number {
    if (!Number.isFinite(this.double)) return this.double;
    const whole = Number(this.integers);
    const rest = Number(this.integers - BigInt(whole));
    const [sum, error] = twoSum(this.double, whole);
    return sum + (error + rest + this.compensation);
  }

  private addDouble(value: number): void {
    const [sum, error] = twoSum(this.double, value);
    this.double = sum;
    if (Number.isFinite(sum)) this.compensation += error;
  }
}

/** The rounded sum of two doubles and what was lost in rounding. */
function twoSum(a: number, b: number): [sum: number, error: number] {
  const sum = a + b;
  const bRounded = sum - a;
  return [sum, a - (sum - bRounded) + (b - bRounded)];
}
