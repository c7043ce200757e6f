import { describe, expect, it } from '@jest/globals';
import { canonicalJson, validateProfile, USERS, type Json } from '@redis-mongo-sync/sync-core';
import * as fc from 'fast-check';
import { BSON, Binary, DBRef, Decimal128, Double, Int32, Long, ObjectId, type Document } from 'mongodb';
import { bsonValues } from '../testing/bson-documents.js';
import { describeBson } from '../testing/describe-bson.js';
import {
  bsonToJson,
  fieldsFromJson,
  fieldsToJson,
  InvalidValueError,
  jsonToBson,
  normalJson,
} from './bson-json.js';
import { DbPointer, DistantDate } from './driverless-values.js';
import { decodeDocument } from './read-documents.js';

const OID = '0123456789abcdef01234567';

function decoded(bytes: Uint8Array): Document {
  const result = decodeDocument(bytes);
  if (result.fault !== undefined) throw new Error(result.fault);
  return result.document;
}

describe('a document', () => {
  it('comes back as it was, through its canonical JSON text', () => {
    fc.assert(
      fc.property(bsonValues, (value) => {
        const before = BSON.serialize({ value });
        const text = canonicalJson(fieldsToJson(decoded(before)));
        const after = BSON.serialize(fieldsFromJson(JSON.parse(text) as Record<string, Json>));
        expect(describeBson(after)).toEqual(describeBson(before));
      }),
      { numRuns: 1000 },
    );
  });

  it('reads the same from its bytes and from the classes of the driver', () => {
    fc.assert(
      fc.property(bsonValues, (value) => {
        const bytes = BSON.serialize({ value });
        const byDriver = BSON.deserialize(bytes, { promoteValues: false, bsonRegExp: true });
        // The driver's class of references takes the first part of a dotted collection for the database.
        fc.pre(!JSON.stringify(BSON.EJSON.serialize(byDriver)).includes('"$db":'));
        expect(canonicalJson(bsonToJson(byDriver))).toBe(canonicalJson(bsonToJson(decoded(bytes))));
      }),
    );
  });

  it('has one JSON form, which a client may send', () => {
    fc.assert(
      fc.property(bsonValues, (value) => {
        const json = bsonToJson(decoded(BSON.serialize({ value })).value);
        expect(canonicalJson(normalJson(json))).toBe(canonicalJson(json));
        const unsafe = /"(__proto__|constructor|prototype)":/.test(JSON.stringify(json));
        if (!unsafe) expect(validateProfile(USERS, { json })).toEqual([]);
      }),
    );
  });
});

describe('bsonToJson', () => {
  it.each<[string, unknown, Json]>([
    ['a whole number', 5, 5],
    ['a fraction', 0.1, 0.1],
    ['an int32', new Int32(7), 7],
    ['a double', new Double(1), 1],
    ['-0', -0, { $numberDouble: '-0.0' }],
    ['a large double', 1e300, 1e300],
    ['a double that looks like an integer', 2 ** 53, { $numberDouble: '9007199254740992' }],
    ['a small Long', Long.fromNumber(5), 5],
    ['a large Long', Long.MAX_VALUE, { $numberLong: '9223372036854775807' }],
    ['a bigint', -(2n ** 53n), { $numberLong: '-9007199254740992' }],
    ['a decimal', Decimal128.fromString('1.10'), { $numberDecimal: '1.10' }],
    ['a date', new Date(0), { $date: '1970-01-01T00:00:00Z' }],
    ['a date with milliseconds', new Date(1), { $date: '1970-01-01T00:00:00.001Z' }],
    ['a date before 1970', new Date(-1), { $date: { $numberLong: '-1' } }],
    [
      'a date beyond JavaScript',
      new DistantDate(9n * 10n ** 18n),
      { $date: { $numberLong: '9000000000000000000' } },
    ],
    ['bytes', Buffer.from([1, 2]), { $binary: { base64: 'AQI=', subType: '00' } }],
    [
      'a short binary of the type of UUIDs',
      new Binary(Buffer.from([1]), 4),
      { $binary: { base64: 'AQ==', subType: '04' } },
    ],
    ["a pattern of JavaScript's", /a/gi, { $regularExpression: { pattern: 'a', options: 'is' } }],
    ['undefined', undefined, { $undefined: true }],
    ['a DBPointer', new DbPointer('c', new ObjectId(OID)), { $dbPointer: { $ref: 'c', $id: { $oid: OID } } }],
    [
      'a reference',
      new DBRef('c', new ObjectId(OID), 'd', { x: 1 }),
      { $ref: 'c', $id: { $oid: OID }, $db: 'd', x: 1 },
    ],
    ['a Map', new Map([['$a', 1]]), { $document: { $a: 1 } }],
    ["a member that the driver's classes have", { _bsontype: 'Long', low: 1 }, { _bsontype: 'Long', low: 1 }],
  ])('of %s', (_, value, json) => {
    expect(bsonToJson(value)).toEqual(json);
  });

  it.each([[() => 1], [Symbol('s')], [new Date(Number.NaN)], [new URL('http://x')]])(
    'refuses %p',
    (value) => {
      expect(() => bsonToJson(value)).toThrow(TypeError);
    },
  );
});

describe('jsonToBson', () => {
  it.each<[string, Json, string]>([
    ['an unknown name', { a: [{ $gt: 1 }] }, '/a/0'],
    ['a name of the driver', { a: { _bsontype: 'ObjectId' } }, '/a/_bsontype'],
    ['a wrapper with a wrong value', { $oid: 'zz' }, ''],
    ['a date that it could not write', { $date: { $numberLong: '9007199254740993123' } }, ''],
    ['a DBPointer', { $dbPointer: { $ref: 'c', $id: { $oid: OID } } }, ''],
    ['a name with NUL', { 'a\0': 1 }, '/a\0'],
  ])('refuses %s', (_, json, field) => {
    expect(() => jsonToBson(json)).toThrow(InvalidValueError);
    expect(() => jsonToBson(json)).toThrow(expect.objectContaining({ field, fault: expect.any(String) }));
  });

  it('says which field of a record is wrong', () => {
    expect(() => fieldsFromJson({ ok: 1, 'a/b': [{ _bsontype: 1 }] })).toThrow(
      expect.objectContaining({ field: '/a~1b/0/_bsontype' }),
    );
  });

  it('never guesses: what it takes has a meaning, and any other JSON with a $-name is refused', () => {
    const odd = fc.dictionary(
      fc.constantFrom('$oid', '$date', '$x', '$ref', '$id', '$document', 'a'),
      fc.jsonValue(),
      {
        noNullPrototype: true,
      },
    );
    fc.assert(
      fc.property(odd, (object) => {
        let value: unknown;
        try {
          value = jsonToBson(object as Json);
        } catch (error) {
          return expect(error).toBeInstanceOf(InvalidValueError);
        }
        expect(JSON.stringify(bsonToJson(value))).toBe(JSON.stringify(normalJson(object as Json)));
        const names = Object.keys(object).filter((name) => name.startsWith('$'));
        expect(names.length === 0 || names.includes('$ref') || Object.keys(object).length === 1).toBe(true);
      }),
    );
  });

  it('writes dates beyond JavaScript through the driver, exactly', () => {
    for (const ms of ['9223372036854775807', '-9223372036854775808', '9000000000000000000']) {
      const bytes = BSON.serialize({ v: jsonToBson({ $date: { $numberLong: ms } }) });
      expect(bsonToJson(decoded(bytes).v)).toEqual({ $date: { $numberLong: ms } });
    }
  });

  it('brings equal values into one form', () => {
    expect(normalJson({ $numberLong: '5' })).toBe(5);
    expect(normalJson({ $date: '2024-02-29T13:00:00.000+01:00' })).toEqual({ $date: '2024-02-29T12:00:00Z' });
    expect(normalJson({ $document: { a: 1 } })).toEqual({ a: 1 });
  });
});
