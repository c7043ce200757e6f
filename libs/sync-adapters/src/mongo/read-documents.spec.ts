import { describe, expect, it } from '@jest/globals';
import { BSON, BSONRegExp, Code, DBRef, Long, MinKey, ObjectId, type Document } from 'mongodb';
import { bsonToJson } from './bson-json.js';
import { decodeDocument, decodeEvent } from './read-documents.js';

const OID = new ObjectId('0123456789abcdef01234567');

/** Bytes of a document as other drivers make them: the first place of `from` holds `to` instead. */
function edited(document: Document, from: string, to: string): Uint8Array {
  const bytes = Buffer.from(BSON.serialize(document));
  const at = bytes.indexOf(Buffer.from(from, 'latin1'));
  if (at < 0 || from.length !== to.length) throw new Error(`no place for ${JSON.stringify(to)}`);
  bytes.write(to, at, 'latin1');
  return bytes;
}

function jsonOf(bytes: Uint8Array): unknown {
  const decoded = decodeDocument(bytes);
  return decoded.fault === undefined ? bsonToJson(decoded.document) : decoded;
}

describe('decodeDocument', () => {
  it.each<[string, Uint8Array, unknown]>([
    [
      'a date beyond JavaScript',
      edited({ v: Long.fromString('9000000000000000001') }, '\x12v\0', '\x09v\0'),
      { v: { $date: { $numberLong: '9000000000000000001' } } },
    ],
    ['the type undefined', edited({ v: null }, '\x0av\0', '\x06v\0'), { v: { $undefined: true } }],
    ['a symbol', edited({ v: 'sym' }, '\x02v\0', '\x0ev\0'), { v: { $symbol: 'sym' } }],
    ['text that is not UTF-8', edited({ v: 'Zxrich' }, 'Zxrich', 'Z\xfcrich'), { v: 'Z\ufffdrich' }],
    ['a name that is not UTF-8', edited({ Zxrich: 1 }, 'Zxrich', 'Z\xfcrich'), { 'Z\ufffdrich': 1 }],
    [
      'option letters that the driver refuses',
      edited({ v: new BSONRegExp('(?i)a', 'imx') }, 'imx\0', 'gqz\0'),
      { v: { $regularExpression: { pattern: '(?i)a', options: 'gqz' } } },
    ],
    [
      'a reference to a collection with a dot',
      BSON.serialize({ v: { $ref: 'a.b', $id: OID } }),
      { v: { $ref: 'a.b', $id: { $oid: String(OID) } } },
    ],
    [
      'a name of the driver',
      BSON.serialize({ v: new Map([['_bsontype', 'Long']]) }),
      { v: { _bsontype: 'Long' } },
    ],
    [
      'the name __proto__',
      BSON.serialize(JSON.parse('{"__proto__":{"__proto__":1}}') as Document),
      JSON.parse('{"__proto__":{"__proto__":1}}'),
    ],
    [
      'code with a scope',
      BSON.serialize({ v: new Code('x', { a: [1] }) }),
      { v: { $code: 'x', $scope: { a: [1] } } },
    ],
    ['nothing', BSON.serialize({}), {}],
  ])('reads %s', (_, bytes, json) => {
    expect(jsonOf(bytes)).toEqual(json);
  });

  it('reads a DBPointer', () => {
    const string = Buffer.from(BSON.serialize({ v: 'c' })).subarray(4, -1);
    const bytes = Buffer.concat([Buffer.from([0, 0, 0, 0]), string, OID.id, Buffer.from([0])]);
    bytes.writeInt32LE(bytes.length, 0);
    bytes[4] = 0x0c;
    expect(jsonOf(bytes)).toEqual({ v: { $dbPointer: { $ref: 'c', $id: { $oid: String(OID) } } } });
  });

  it('keeps the order of a document inside it, whatever its names are', () => {
    const value = new Map<string, unknown>([
      ['b', 1],
      ['10', new Map([['a', 2]])],
      ['9', 3],
    ]);
    const bytes = BSON.serialize({ value });
    const { document } = decodeDocument(bytes) as { document: Document };
    expect(BSON.serialize(document)).toEqual(bytes);
  });

  it('is what the driver writes back, byte for byte', () => {
    const bytes = BSON.serialize({
      _id: OID,
      a: Long.fromNumber(5),
      b: [-0, 0.5, 'x\0'],
      c: new MinKey(),
      d: new DBRef('c', OID),
    });
    const { document } = decodeDocument(bytes) as { document: Document };
    expect(BSON.serialize(document)).toEqual(bytes);
  });

  it.each<[string, Document, Document]>([
    ['is not UTF-8', { _id: 'Zxrich', a: 1 }, { a: 1 }],
    ['holds text that is not UTF-8', { a: 1, _id: { city: ['Zxrich'] } }, { a: 1 }],
  ])('does not take a document for another one: its _id %s', (_, document, members) => {
    const decoded = decodeDocument(edited(document, 'Zxrich', 'Z\xfcrich'));
    expect(decoded).toEqual({ fault: expect.stringContaining('_id: '), members });
  });

  it('says what is wrong with one member, and gives the others', () => {
    const bytes = edited({ _id: 5, code: new Code('x', {}), a: 1 }, 'x\0', 'xx');
    expect(decodeDocument(bytes)).toEqual({ fault: expect.any(String), members: { _id: 5, a: 1 } });
    const type = edited({ _id: 5, v: { w: 1 }, a: 1 }, '\x10w', '\x20w');
    expect(decodeDocument(type)).toEqual({
      fault: expect.stringContaining('v: '),
      members: { _id: 5, a: 1 },
    });
  });

  it.each([[Buffer.alloc(0)], [Buffer.from([5, 0, 0, 0])], [Buffer.alloc(20, 0xff)]])(
    'refuses %p',
    (bytes) => {
      expect(decodeDocument(bytes)).toEqual({ fault: expect.any(String), members: {} });
    },
  );
});

describe('decodeEvent', () => {
  const event = (id: unknown, text: string) => ({
    _id: { _data: 'token' },
    operationType: 'insert',
    fullDocument: { _id: id, email: 'x', 9: { text } },
    ns: { db: 'd', coll: 'c' },
    documentKey: { _id: id },
  });

  it('gives documents as plain objects', () => {
    const decoded = decodeEvent(BSON.serialize(event(OID, 'x')));
    expect(decoded).toEqual({ document: event(OID, 'x') });
  });

  it('names the document that it can not decode', () => {
    const bytes = edited(event(OID, 'x'), '\x02text\0', '\x20text\0');
    expect(decodeEvent(bytes)).toEqual({
      fault: expect.stringContaining('fullDocument: '),
      members: {
        _id: { _data: 'token' },
        operationType: 'insert',
        ns: { db: 'd', coll: 'c' },
        documentKey: { _id: OID },
      },
    });
  });

  it('has no document key if the id is not UTF-8', () => {
    const decoded = decodeEvent(edited(event('Zxrich', 'x'), 'Zxrich', 'Z\xfcrich'));
    expect(decoded).toMatchObject({ fault: expect.any(String), members: { documentKey: { _id: 'Zxrich' } } });
  });
});
