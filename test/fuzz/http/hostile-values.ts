import fc, { type Arbitrary } from 'fast-check';

/** Texts that have broken other software: separators, controls, odd Unicode, patterns, injections. */
export const ODD_TEXTS: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\r\nSet-Cookie: x=1',
  '\u202Eright to left',
  '\uFEFF',
  '\u2028\u2029',
  'e\u0301 \u00e9 \uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67',
  'Z\u0351\u036B\u0343\u036A\u0302a\u0300\u0301\u0302\u0303',
  '${7*7}{{7*7}}',
  "'; DROP TABLE users; --",
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '*',
  'user:*',
  '{user}',
  '%00%0d%0a',
  'null',
  'NaN',
  '1e400',
  '-0',
  '\u{10FFFF}',
  '\uDBFF\uDFFF',
];

/** Names that mean something to MongoDB, to JavaScript or to the product. */
export const ODD_NAMES: readonly string[] = [
  '$where',
  '$set',
  '$gt',
  'a.b',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '_id',
  '_sync',
  'id',
  'version',
  'updatedAt',
  'source',
  'deleted',
  'purgeAt',
  'wallet',
  'passwordHash',
  'refreshTokens',
  'twoFA',
  '',
  '\u0000',
  '0',
  'length',
];

/** JSON texts, because some of these cannot be JavaScript values. */
const ODD_JSON: readonly string[] = [
  '{"$gt":""}',
  '{"$ne":null}',
  '{"$where":"sleep(1000)"}',
  '{"$regex":".*"}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"\\u005f_proto__":{"admin":true}}',
  '1e400',
  '-1e400',
  '1e-400',
  '9007199254740993',
  '0.1e1',
  '-0',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  '[]',
  '{}',
  '[[[[[[[[]]]]]]]]',
  'true',
  'null',
  '""',
  '{"$date":"2020-01-01T00:00:00Z"}',
  '{"$oid":"507f1f77bcf86cd799439011"}',
  '{"$numberLong":"1"}',
  '{"$numberLong":"x"}',
  '{"$date":{"$numberLong":"9223372036854775807"}}',
  '{"version":1,"updatedAt":0,"source":"mongo","own":["source"]}',
];

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const nestedObjects = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

export const oddText: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.integer({ min: 1, max: 400 }).map((length) => 'x'.repeat(length)),
);

/** A JSON text that a careful service may or may not accept as a value. */
export const oddJson: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_JSON) },
  { weight: 3, arbitrary: oddText.map((text) => JSON.stringify(text)) },
  { weight: 3, arbitrary: fc.json({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 25, max: 40 }).map(nested) },
  { weight: 1, arbitrary: fc.integer({ min: 25, max: 40 }).map(nestedObjects) },
  { weight: 1, arbitrary: fc.constantFrom(500, 20_000).map(nested) },
);
