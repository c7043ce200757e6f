import { Decimal128, ObjectId, Timestamp } from 'bson';
import fc from 'fast-check';
import type { Document } from '../values/index.js';

/**
 * Small worlds for property tests: few field names and few values, so that documents and conditions meet
 * often, but of every kind that compares in its own way.
 */
export const FIELD_NAMES = ['a', 'b', 'c'] as const;

export const numbers: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer({ min: -2, max: 3 }),
  fc.constantFrom(0.5, -0.5, -0, 1e300, 2 ** 53, Number.NaN, Infinity),
  fc.constantFrom(0n, 1n, 2n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 63n)),
  fc
    .constantFrom('1', '1.0', '0.5', '0.1', '9007199254740993', 'NaN')
    .map((text) => Decimal128.fromString(text)),
);

export const scalars: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: numbers },
  { weight: 2, arbitrary: fc.constantFrom('', 'a', 'A', 'b', '1', 'é', '\u{1f600}', '\uffff') },
  { weight: 1, arbitrary: fc.constantFrom(null, true, false) },
  { weight: 1, arbitrary: fc.constantFrom(new Date(0), new Date(1), new Timestamp({ t: 1, i: 1 })) },
  { weight: 1, arbitrary: fc.constantFrom('0'.repeat(24), 'f'.repeat(24)).map((hex) => new ObjectId(hex)) },
);

const nested = fc.letrec<{ value: unknown; doc: Document; array: unknown[] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 5, arbitrary: scalars },
    { weight: 2, arbitrary: tie('array') },
    { weight: 2, arbitrary: tie('doc') },
  ),
  array: fc.array(tie('value'), { maxLength: 3 }),
  doc: fc.dictionary(fc.constantFrom(...FIELD_NAMES, '0'), tie('value'), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
}));

/** Any value a document can hold, at most a few levels deep. */
export const values: fc.Arbitrary<unknown> = nested.value;

export const documents: fc.Arbitrary<Document> = fc
  .record({ _id: fc.integer({ min: 0, max: 9 }), fields: nested.doc })
  .map(({ _id, fields }) => ({ _id, ...fields }));

export const paths: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...FIELD_NAMES, '0', '1'), { minLength: 0, maxLength: 2 })
  .chain((rest) => fc.constantFrom(...FIELD_NAMES).map((first) => [first, ...rest].join('.')));

/** Throws on any attempt to change it: shows that nothing is changed in place. */
export function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) !== Date.prototype) {
    if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
      Object.values(value).forEach(deepFreeze);
      Object.freeze(value);
    }
  }
  return value;
}
