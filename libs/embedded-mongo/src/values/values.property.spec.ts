import { Decimal128, deserialize, serialize } from 'bson';
import fc from 'fast-check';
import { documents, numbers, values } from '../testing/arbitraries.js';
import {
  DESERIALIZE,
  SERIALIZE,
  compareValues,
  identical,
  keyString,
  parseCollation,
  valuesEqual,
} from './index.js';

const caseless = parseCollation({ locale: 'en', strength: 2 });
const collations = fc.constantFrom(undefined, caseless);

/** The exact value of a number as a fraction, by means the library does not use. */
function rational(value: unknown): [bigint, bigint] | string {
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
  const [whole = '', fraction = ''] = text.split('.');
  return [BigInt(whole + fraction), 10n ** BigInt(fraction.length)];
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
        const copy = deserialize(serialize(doc, SERIALIZE), DESERIALIZE);
        expect(identical(copy, doc)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
