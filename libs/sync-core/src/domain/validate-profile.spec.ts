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
        fc.oneof(fc.string({ unit: 'binary', maxLength: 4 }), fc.constantFrom('$a', 'a.b', '__proto__')),
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
      name === '' || /^\$|[.\0]|^(__proto__|constructor|prototype)$/.test(name) || !isWellFormed(name);
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
    expect(faults({ a: [{ 'x/y~': { $gt: 1 } }], version: 1, n: 2 ** 53 })).toEqual([
      { field: '/version', message: 'this name is reserved' },
      { field: '/a/0/x~1y~0/$gt', message: 'a name must not start with $' },
      { field: '/n', message: expect.stringContaining('as a string') },
    ]);
  });

  it('reserves names at the top level only', () => {
    expect(faults({ wallet: 1 })).toHaveLength(1);
    expect(faults({ nested: { wallet: 1, id: 2, version: 3, passwordHash: 'x' } })).toEqual([]);
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
