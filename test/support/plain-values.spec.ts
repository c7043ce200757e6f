import { BSON, Decimal128, Double, Int32, Long, ObjectId, Timestamp, UUID } from 'mongodb';
import { plainFields, plainOfBson, plainOfJson, UNPROMOTED } from './plain-values.js';

/** As it comes from a server. */
function read(document: BSON.Document) {
  return plainFields(
    BSON.deserialize(BSON.serialize(document, { ignoreUndefined: false }), UNPROMOTED),
    plainOfBson,
  );
}

describe('values in the form in which they can be compared', () => {
  const id = new ObjectId();
  const uuid = new UUID();
  it.each([
    [
      'numbers of any type',
      { a: new Int32(5), b: new Double(5), c: Long.fromNumber(5), d: 0.1 },
      { a: 5, b: 5, c: 5, d: 0.1 },
    ],
    ['a long', { a: Long.MAX_VALUE }, { a: { $numberLong: '9223372036854775807' } }],
    [
      'odd doubles',
      { a: new Double(-0), b: Number.NaN, c: Number.NEGATIVE_INFINITY, d: new Double(1e300) },
      {
        a: { $numberDouble: '-0.0' },
        b: { $numberDouble: 'NaN' },
        c: { $numberDouble: '-Infinity' },
        d: { $numberDouble: '1e+300' },
      },
    ],
    [
      'dates',
      { a: new Date(5), b: new Date(-5) },
      { a: { $date: '1970-01-01T00:00:00.005Z' }, b: { $date: { $numberLong: '-5' } } },
    ],
    [
      'what JSON has no word for',
      { a: id, b: Decimal128.fromString('1.50'), c: uuid, d: new Timestamp({ t: 1, i: 2 }), e: /x/i },
      {
        a: { $oid: id.toHexString() },
        b: { $numberDecimal: '1.50' },
        c: { $uuid: uuid.toString() },
        d: { $timestamp: { t: 1, i: 2 } },
        e: { $regularExpression: { pattern: 'x', options: 'i' } },
      },
    ],
    [
      'documents, escaped or not',
      { a: { b: [{ c: null }] }, d: { $date: 'x', n: 1 }, e: { $ref: 'x', $id: 1 } },
      { a: { b: [{ c: null }] }, d: { $document: { $date: 'x', n: 1 } }, e: { $ref: 'x', $id: 1 } },
    ],
  ])('are the same on both sides: %s', (_what, bson, json) => {
    expect(plainFields(json, plainOfJson)).toEqual(read(bson));
  });

  it('are told apart where they differ', () => {
    const text = (value: unknown) => JSON.stringify(plainOfBson(value));
    const values = [
      5,
      '5',
      Decimal128.fromString('5'),
      Long.MAX_VALUE,
      new Double(2 ** 63),
      -0,
      0,
      null,
      undefined,
    ];
    expect(new Set([...values, { $numberLong: '5' }, [5]].map(text)).size).toBe(11);
  });
});
