import {
  Binary,
  BSONRegExp,
  Decimal128,
  Double,
  Int32,
  Long,
  ObjectId,
  Timestamp,
  type Collection,
  type Document,
} from 'mongodb';
import { errorOf } from '../support.js';
import type { Place } from './place.js';

interface Numbered extends Document {
  _id: number;
}

const VALUES: unknown[] = [
  new Int32(5),
  new Double(5),
  Long.fromNumber(5),
  Decimal128.fromString('5.00'),
  Long.fromString('9007199254740993'),
  2 ** 53,
  Decimal128.fromString('9007199254740993'),
  '5',
  true,
  null,
  new Date(5),
  new Timestamp({ t: 5, i: 0 }),
  new ObjectId('5'.repeat(24)),
  new Binary(Buffer.from([5])),
  new BSONRegExp('5', 'i'),
  { a: new Int32(5), b: 1 },
  { b: 1, a: 5 },
  [5, '5'],
  [],
  [{ a: 5 }, { a: 6, b: 1 }],
  Infinity,
  NaN,
  -7.5,
];

const LAST = VALUES.length;
const FIVES = [0, 1, 2, 3];
/** The document of this number has no `v`. */
const MISSING = LAST;

const MATCHES: [string, Document, number[]][] = [
  ['a number by value, whatever its type', { v: 5 }, [...FIVES, 17]],
  ['… by a long', { v: Long.fromNumber(5) }, [...FIVES, 17]],
  ['… by a decimal', { v: Decimal128.fromString('5') }, [...FIVES, 17]],
  ['a long beyond 2^53, exactly', { v: Long.fromString('9007199254740993') }, [4, 6]],
  ['a double, exactly', { v: 2 ** 53 }, [5]],
  ['greater than a double', { v: { $gt: 2 ** 53 } }, [4, 6, 20]],
  ['less than a long', { v: { $gt: 100, $lt: Long.fromString('9007199254740993') } }, [5]],
  ['a type by its name', { v: { $type: 'int' } }, [0, 17]],
  ['double', { v: { $type: 'double' } }, [1, 5, 20, 21, 22]],
  ['long', { v: { $type: 'long' } }, [2, 4]],
  ['decimal', { v: { $type: 'decimal' } }, [3, 6]],
  ['number', { v: { $type: 'number' } }, [0, 1, 2, 3, 4, 5, 6, 17, 20, 21, 22]],
  ['types in a list', { v: { $type: ['string', 'date', 8] } }, [7, 8, 10, 17]],
  ['array', { v: { $type: 'array' } }, [17, 18, 19]],
  ['object, also within an array', { v: { $type: 'object' } }, [15, 16, 19]],
  ['null', { v: { $type: 'null' } }, [9]],
  ['regex', { v: { $type: 'regex' } }, [14]],
  ['timestamp', { v: { $type: 'timestamp' } }, [11]],
  ['no array', { v: { $not: { $type: 'array' } }, _id: { $gte: 15 } }, [15, 16, 20, 21, 22, MISSING]],
  [
    'exists, and no array',
    { v: { $exists: true, $not: { $type: 'array' } }, _id: { $gte: 19 } },
    [20, 21, 22],
  ],
  ['in a list of all types', { v: { $in: [null, '5', true, new Date(5)] } }, [7, 8, 9, 10, 17, MISSING]],
  ['in a list with a document', { v: { $in: [{ b: 1, a: 5 }, new ObjectId('5'.repeat(24))] } }, [12, 16]],
  ['in a long list', { v: { $in: [5, '5', 7, 8, 9, 10, 11, 12, 13, 14] } }, [...FIVES, 7, 17]],
  ['not in a list', { v: { $nin: [5, null] }, _id: { $lt: 10 } }, [4, 5, 6, 7, 8]],
  ['a document by order and value of its fields', { v: { a: 5, b: 1 } }, [15]],
  ['an element that fulfils both', { v: { $elemMatch: { a: { $gt: 5 }, b: 1 } } }, [19]],
  ['an element by value', { v: { $elemMatch: { $gte: 5, $lte: 5 } } }, [17]],
  ['compared within the type only', { v: { $gte: '' } }, [7, 17]],
  ['dates', { v: { $lte: new Date(5) } }, [10]],
  ['booleans', { v: { $gte: false } }, [8]],
  ['a remainder of every numeric type', { v: { $mod: [5, 0] } }, [...FIVES, 17]],
  ['a remainder, fractions cut off', { v: { $mod: [7, 0], $lt: 0 } }, [22]],
  ['NaN', { v: NaN }, [21]],
  ['the empty array', { v: [] }, [18]],
  ['$expr by type', { $expr: { $eq: [{ $type: '$v' }, 'double'] } }, [1, 5, 20, 21, 22]],
  ['$expr over all types', { $expr: { $gt: ['$v', { $literal: new Date(5) }] } }, [11, 14]],
];

export function typedQueriesContract(place: Place): void {
  let docs: Collection<Numbered>;
  beforeAll(async () => {
    docs = await place.collection<Numbered>(...VALUES.map((v, _id) => ({ _id, v })), { _id: MISSING });
  });

  const idsOf = async (filter: Document) =>
    (await docs.find(filter).sort({ _id: 1 }).project({ _id: 1 }).toArray()).map(({ _id }) => _id as number);

  it.each(MATCHES)('find %s', async (_name, filter, expected) => {
    expect(await idsOf(filter)).toEqual(expected);
  });

  it.each(MATCHES)('find by an index: %s', async (_name, filter, expected) => {
    await docs.createIndex({ v: 1 });
    expect(await idsOf(filter)).toEqual(expected);
  });

  it('$expr is refused in upserts, and only there', async () => {
    const filter = { $expr: { $eq: ['$v', 'nothing'] } };
    expect(await docs.updateOne(filter, [{ $set: { n: 1 } }])).toMatchObject({ matchedCount: 0 });
    const upsert = docs.updateOne(filter, [{ $set: { n: 1 } }], { upsert: true });
    expect(await errorOf(upsert)).toMatchObject({ code: 224 });
    const both = docs.updateOne({ _id: 0, $and: [filter] }, { $set: { n: 1 } }, { upsert: true });
    expect(await errorOf(both)).toMatchObject({ code: 224 });
  });
}
