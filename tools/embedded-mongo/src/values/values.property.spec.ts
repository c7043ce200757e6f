import { Decimal128 } from 'bson';
import fc from 'fast-check';
import { encode } from '../bson/index.js';
import { documents, numbers, values } from '../testing/arbitraries.js';
import { held } from '../testing/held.js';
import {
  arithmetic,
  type Numeric,
  compareValues,
  identical,
  keyString,
  parseCollation,
  valuesEqual,
} from './index.js';

const caseless = parseCollation({ locale: 'en', strength: 2 });
const collations = fc.constantFrom(undefined, caseless);

type Fraction = [numerator: bigint, denominator: bigint];

const digitsOf = (value: bigint): number => value.toString().replace('-', '').length;

/** The exact value of a number as a fraction, by means the library does not use. */
function rational(value: unknown): Fraction | string {
  const text = value instanceof Decimal128 ? value.toString() : String(value);
  if (typeof value === 'number' && Number.isFinite(value)) {
    let scale = 1n;
    let scaled = value;
    while (!Number.isInteger(scaled)) {
      scaled *= 2;
      scale *= 2n;
    }
    return [BigInt(scaled), scale];
  }
  if (!/\d/.test(text)) return text;
  const [mantissa = '', exponent = '0'] = text.split('E');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const scale = BigInt(exponent);
  const digits = BigInt(whole + fraction);
  const places = 10n ** BigInt(fraction.length);
  return scale < 0n ? [digits, places * 10n ** -scale] : [digits * 10n ** scale, places];
}

function naiveNumberOrder(a: unknown, b: unknown): number {
  const rank = (x: [bigint, bigint] | string): number =>
    x === 'NaN' ? 0 : x === '-Infinity' ? 1 : x === 'Infinity' ? 3 : 2;
  const [x, y] = [rational(a), rational(b)];
  if (typeof x === 'string' || typeof y === 'string') return Math.sign(rank(x) - rank(y));
  const difference = x[0] * y[1] - y[0] * x[1];
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

describe('the order of values', () => {
  it('is antisymmetric and transitive', () => {
    fc.assert(
      fc.property(values, values, values, collations, (a, b, c, collation) => {
        expect(Math.sign(compareValues(a, b, collation)) + Math.sign(compareValues(b, a, collation))).toBe(0);
        if (compareValues(a, b, collation) <= 0 && compareValues(b, c, collation) <= 0) {
          expect(compareValues(a, c, collation)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('is that of the exact values for numbers of all types', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect(Math.sign(compareValues(a, b))).toBe(naiveNumberOrder(a, b));
      }),
      { numRuns: 1000 },
    );
  });
});

const wholes: fc.Arbitrary<Numeric> = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const decimals: fc.Arbitrary<Numeric> = fc
  .tuple(fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }), fc.integer({ min: 0, max: 8 }))
  .map(([digits, places]) => {
    const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
    const whole = text.slice(0, text.length - places);
    return Decimal128.fromString(`${digits < 0n ? '-' : ''}${whole}.${text.slice(text.length - places)}0`);
  });

describe('arithmetic', () => {
  const operations = [
    ['add', ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d]],
    ['subtract', ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d - c * b, b * d]],
    ['multiply', ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d]],
  ] as const;

  it.each(operations)('%s is exact for integers that fit and for decimals', (name, exact) => {
    fc.assert(
      fc.property(fc.oneof(wholes, decimals), fc.oneof(wholes, decimals), (a, b) => {
        const [numerator, denominator] = exact(rational(a) as Fraction, rational(b) as Fraction);
        const isDecimal = a instanceof Decimal128 || b instanceof Decimal128;
        const fits = BigInt.asIntN(64, numerator) === numerator || isDecimal;
        const result = arithmetic[name](a, b);
        const [top, bottom] = rational(result) as Fraction;
        if (fits && digitsOf(numerator) <= 34) expect(top * denominator).toBe(numerator * bottom);
        else if (!isDecimal) expect(result).toBe(Number(numerator));
      }),
      { numRuns: 500 },
    );
  });
});

describe('keyString', () => {
  it('is the same exactly for equal values', () => {
    fc.assert(
      fc.property(values, values, collations, (a, b, collation) => {
        expect(keyString(a, collation) === keyString(b, collation)).toBe(valuesEqual(a, b, collation));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('BSON', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(documents, (doc) => {
        const copy = held(doc);
        expect(identical(held(copy), copy)).toBe(true);
        expect(encode(copy)).toEqual(encode(doc));
      }),
      { numRuns: 500 },
    );
  });
});
