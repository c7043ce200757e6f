import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  Binary,
  BSON,
  BSONSymbol,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  ObjectId,
  Timestamp,
  UUID,
  type Document,
} from 'mongodb';
import { bsonValues } from '../testing/bson-documents.js';
import { InvalidValueError } from './bson-json.js';
import { canBeSought, idFromText, idText } from './document-ids.js';
import { decodeDocument } from './read-documents.js';

const OID = '0123456789abcdef01234567';
const decimal = (text: string) => Decimal128.fromString(text);

describe('idText', () => {
  it.each<[string, unknown, string]>([
    ['an ObjectId', new ObjectId(OID), `{"$oid":"${OID}"}`],
    ['a text', 'a"b', '"a\\"b"'],
    ['a text that looks like an ObjectId', OID, `"${OID}"`],
    ['a number', 5, '5'],
    ['a date', new Date(1), '{"$date":"1970-01-01T00:00:00.001Z"}'],
    [
      'a UUID',
      new UUID('0bbc3c36-4c2c-44c8-a882-298e7c80b4b2'),
      '{"$uuid":"0bbc3c36-4c2c-44c8-a882-298e7c80b4b2"}',
    ],
    ['bytes', new Binary(Buffer.from([1]), 0x80), '{"$binary":{"base64":"AQ==","subType":"80"}}'],
    ['a timestamp', new Timestamp({ t: 1, i: 2 }), '{"$timestamp":{"t":1,"i":2}}'],
    ['null', null, 'null'],
    ['the last key', new MaxKey(), '{"$maxKey":1}'],
    ['a document', { b: 1, a: { c: 2 } }, '{"b":1,"a":{"c":2}}'],
    ['a document in another order', { a: { c: 2 }, b: 1 }, '{"a":{"c":2},"b":1}'],
    [
      'a document with odd names',
      new Map([
        ['b', 1],
        ['1', 2],
      ]),
      '{"$document":[["b",1],["1",2]]}',
    ],
    ['a document that looks like a typed value', { $oid: OID }, `{"$document":{"$oid":"${OID}"}}`],
    ['a reference', new DBRef('c', new ObjectId(OID)), `{"$ref":"c","$id":{"$oid":"${OID}"}}`],
  ])('of %s', (_, id, text) => {
    expect(idText(id)).toBe(text);
    expect(idText(idFromText(text))).toBe(text);
  });

  it.each<[string, unknown[], string]>([
    [
      '5',
      [new Int32(5), new Double(5), Long.fromNumber(5), 5n, decimal('5'), decimal('5.00'), decimal('0.5E1')],
      '5',
    ],
    ['0', [0, -0, Long.ZERO, decimal('0'), decimal('-0'), decimal('0E+10')], '0'],
    ['0.5', [0.5, decimal('0.5'), decimal('0.50')], '0.5'],
    ['2^60', [2 ** 60, 2n ** 60n, decimal('1152921504606846976')], '{"$numberLong":"1152921504606846976"}'],
    ['10^20', [1e20, decimal('1E+20')], '{"$numberDouble":"100000000000000000000"}'],
    ['a decimal', [decimal('0.1'), decimal('0.10')], '{"$numberDecimal":"0.1"}'],
    ['what is no number', [Number.NaN, decimal('NaN')], '{"$numberDouble":"NaN"}'],
    ['infinity', [-Infinity, decimal('-Infinity')], '{"$numberDouble":"-Infinity"}'],
    ['a symbol', ['a', new BSONSymbol('a')], '"a"'],
    ['a document', [{ a: 1 }, { a: Long.ONE }, { a: decimal('1.0') }], '{"a":1}'],
  ])('is one for all that MongoDB takes for the same: %s', (_, ids, text) => {
    expect(ids.map(idText)).toEqual(ids.map(() => text));
  });

  it.each([
    [0.1, decimal('0.1')],
    [Long.fromString('9007199254740993'), 2 ** 53],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [new Binary(Buffer.from([1]), 0), new Binary(Buffer.from([1]), 5)],
    [new Date(5), new Timestamp({ t: 0, i: 5 })],
    ['5', 5],
    [[1], { 0: 1 }],
    [
      new Map([
        ['a', 1],
        ['0', 2],
      ]),
      new Map([
        ['0', 2],
        ['a', 1],
      ]),
    ],
  ])('tells %p and %p apart', (a, b) => {
    expect(idText(a)).not.toBe(idText(b));
  });

  it('gives back an id with the same text, that the driver writes', () => {
    fc.assert(
      fc.property(bsonValues, (value) => {
        const { document } = decodeDocument(BSON.serialize({ _id: value })) as { document: Document };
        const text = idText(document._id);
        const back = decodeDocument(BSON.serialize({ _id: idFromText(text) })) as { document: Document };
        expect(idText(back.document._id)).toBe(text);
        expect(canBeSought(text)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('differs where the bytes do, but for equal numbers', () => {
    const id = fc.oneof(
      fc.string({ maxLength: 2 }),
      fc
        .array(fc.tuple(fc.constantFrom('a', 'b', '1', '$oid'), fc.nat(2)), { maxLength: 3 })
        .map((members) => new Map(members)),
    );
    fc.assert(
      fc.property(id, id, (a, b) => {
        const bytes = [a, b].map((_id) => Buffer.from(BSON.serialize({ _id })).toString('hex'));
        expect(idText(a) === idText(b)).toBe(bytes[0] === bytes[1]);
      }),
    );
  });
});

describe('idFromText', () => {
  it('takes the plain ObjectId that earlier versions kept', () => {
    expect(idFromText(OID)).toEqual(new ObjectId(OID));
  });

  it.each(['', 'a text', '{"$oid":"zz"}', '{"$document":[1]}', '{"a":{"$gt":1}}'])('refuses %j', (text) => {
    expect(() => idFromText(text)).toThrow(InvalidValueError);
    expect(canBeSought(text)).toBe(false);
  });
});
