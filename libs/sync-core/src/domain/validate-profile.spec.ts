import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Json, JsonObject } from './json.js';
import { USERS } from './users.js';
import { MAX_PROFILE_FIELDS, validateProfile } from './validate-profile.js';

const faults = (fields: JsonObject) => validateProfile(USERS, fields);

/** JSON as a client may send it, with names that are sometimes forbidden. */
const json = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true }),
    fc.maxSafeInteger(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc
    .array(
      fc.tuple(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 4 }),
          fc.constantFrom('$a', 'a.b', '__proto__', '_bsontype'),
        ),
        tie('value'),
      ),
      { maxLength: 3 },
    )
    .map((members): JsonObject => Object.fromEntries(members)),
}));

function everyName(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value as Record<string, Json>).flatMap(everyName)];
}

describe('validateProfile', () => {
  it('finds every forbidden name, at any level', () => {
    const forbidden = (name: string) =>
      /^\$|\0|^(__proto__|constructor|prototype|_bsontype)$/.test(name) || !isWellFormed(name);
    fc.assert(
      fc.property(json.object, (fields) => {
        if (everyName(fields).some(forbidden)) expect(faults({ a: fields })).not.toEqual([]);
      }),
    );
  });

  it('lets through what survives a round trip through JSON and UTF-8, and nothing else', () => {
    fc.assert(
      fc.property(json.value, (value) => {
        const fields: JsonObject = { value };
        const bytes = Buffer.from(JSON.stringify(fields), 'utf8').toString('utf8');
        if (faults(fields).length === 0) expect(JSON.parse(bytes)).toEqual(normalized(fields));
      }),
    );
  });

  it('says where and what', () => {
    expect(faults({ a: [{ 'x/y~': { $gt: 1 } }], _id: 1, n: 2 ** 53 })).toEqual([
      { field: '/a/0/x~1y~0', message: expect.stringContaining('wrap the object in {"$document": …}') },
      { field: '/_id', message: 'this name is reserved' },
      { field: '/n', message: expect.stringContaining('$numberLong') },
    ]);
  });

  it.each<[string, Json]>([
    ['a typed value', { $date: '2024-02-29T12:00:00Z' }],
    ['a document with names of operators', { $document: { $gt: { $numberDouble: '1e+300' } } }],
    ['a reference', { $ref: 'c', $id: { $oid: '0123456789abcdef01234567' } }],
    ['code with a scope', { $code: 'x', $scope: { a: { $undefined: true } } }],
    ['names with dots, and the empty one', { 'a.b': { '': 1, '.': [{ 'c.': 2 }] } }],
    ['NUL within a text', 'a\0b'],
    ['a number that JSON writes with an exponent', -1e300],
    ['-0', -0],
  ])('takes %s', (_, value) => {
    expect(faults({ value, list: [value] })).toEqual([]);
  });

  it.each<[string, Json, string]>([
    ['what only looks like a typed value', { $oid: 'zz' }, '/v'],
    ['a fault within a document with odd names', { $document: { $a: { $b: 1 } } }, '/v/$document/$a'],
    ['a name that the driver interprets', { $document: { _bsontype: 'Long' } }, '/v/$document/_bsontype'],
    ['a fault in the scope of code', { $code: 'x', $scope: { _bsontype: 1 } }, '/v/$scope/_bsontype'],
    ['half a character in code', { $code: '\ud800' }, '/v'],
    ['half a character', '\udc00', '/v'],
  ])('refuses %s', (_, v, field) => {
    expect(faults({ v })).toEqual([{ field, message: expect.any(String) }]);
  });

  it.each(['$a', 'a.b', '', '_bsontype', '__proto__', 'a\0'])('refuses %j as the name of a field', (name) => {
    expect(faults(Object.fromEntries([[name, 1]]))).toHaveLength(1);
  });

  it('reserves names at the top level only', () => {
    expect(faults({ wallet: 1 })).toHaveLength(1);
    expect(faults({ nested: { wallet: 1, id: 2, _id: 3, passwordHash: 'x' } })).toEqual([]);
  });

  it('bounds the fields, and its own answer', () => {
    const many = (count: number, value: Json) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, value]));
    expect(faults(many(MAX_PROFILE_FIELDS, 1))).toEqual([]);
    expect(faults(many(MAX_PROFILE_FIELDS + 1, 1))).toHaveLength(1);
    expect(faults(many(100, 2 ** 60)).length).toBeLessThanOrEqual(20);
    expect(faults({ ['x'.repeat(5000)]: 2 ** 60 })[0]?.field.length).toBeLessThanOrEqual(200);
  });
});

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** JSON has no negative zero. */
function normalized(value: Json): unknown {
  return JSON.parse(JSON.stringify(value));
}
