import * as fc from 'fast-check';
import { canonicalJson, isJsonObject, pickFields, type Json, type JsonObject } from './json.js';

describe('canonicalJson', () => {
  it.each<[Json, string]>([
    [null, 'null'],
    [true, 'true'],
    [1.5, '1.5'],
    ['a"b', '"a\\"b"'],
    [[], '[]'],
    [{}, '{}'],
    [[1, [2], {}], '[1,[2],{}]'],
    [{ b: 1, a: { d: null, c: [1, 2] } }, '{"a":{"c":[1,2],"d":null},"b":1}'],
    [{ 'q"': 1 }, '{"q\\"":1}'],
    [{ é: 1, z: 2, Z: 3 }, '{"Z":3,"z":2,"é":1}'],
  ])('of %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('writes what is undefined as null, so that it is always JSON', () => {
    expect(canonicalJson({ a: undefined } as unknown as JsonObject)).toBe('{"a":null}');
  });

  it('says the same of equal values, and parses back to the value', () => {
    const shuffled = (value: Json): Json =>
      Array.isArray(value)
        ? (value as readonly Json[]).map(shuffled)
        : isJsonObject(value)
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([name, member]) => [name, shuffled(member)]),
            )
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        const value = JSON.parse(JSON.stringify(raw)) as Json;
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
      { seed: 5, numRuns: 50 },
    );
  });
});

describe('isJsonObject', () => {
  it.each([
    [{}, true],
    [{ a: 1 }, true],
    [null, false],
    [[], false],
    ['{}', false],
    [1, false],
    [undefined, false],
  ])('%j: %s', (value, is) => {
    expect(isJsonObject(value)).toBe(is);
  });
});

describe('pickFields', () => {
  it('keeps what is accepted, and a field called __proto__ stays a field', () => {
    const fields = JSON.parse('{"a":1,"b":2,"__proto__":{"c":3}}') as JsonObject;
    const picked = pickFields(fields, (name) => name !== 'b');
    expect(Object.entries(picked)).toEqual([
      ['a', 1],
      ['__proto__', { c: 3 }],
    ]);
    expect(Object.getPrototypeOf(picked)).toBe(Object.prototype);
    expect(pickFields(fields, () => false)).toEqual({});
  });
});
