import { Decimal128, Long, type Collection, type Document, type Filter, type FindOptions } from 'mongodb';
import { errorOf } from '../support.js';
import type { Place } from './place.js';

interface Numbered extends Document {
  _id: number;
}

const ABOVE_2_53 = '9007199254740993';

const DOCUMENTS: Numbered[] = [
  { _id: 1, a: 1, s: 'Bob', tags: ['x', 'y'] },
  { _id: 2, a: 2, s: 'alice', tags: [] },
  { _id: 3, a: null, o: { k: 1, l: 2 } },
  { _id: 4, o: { l: 2, k: 1 } },
  {
    _id: 5,
    a: [1, 5],
    n: [
      { q: 1, w: 1 },
      { q: 2, w: 9 },
    ],
  },
  { _id: 6, a: Long.fromString(ABOVE_2_53) },
  { _id: 7, a: '2' },
  { _id: 8, a: Decimal128.fromString('2.0') },
  { _id: 9, a: { b: 1 }, n: [{ q: 2, w: 1 }] },
];

const MATCHES: [string, Filter<Numbered>, number[]][] = [
  ['a value, or an array that has it', { a: 1 }, [1, 5]],
  ['numbers across their types', { a: 2 }, [2, 8]],
  ['null: null or not there', { a: null }, [3, 4]],
  ['not there', { a: { $exists: false } }, [4]],
  ['greater, within the type', { a: { $gt: 1 } }, [2, 5, 6, 8]],
  ['up to null: null or not there', { a: { $lte: null } }, [3, 4]],
  ['int64 exactly', { a: Long.fromString(ABOVE_2_53) }, [6]],
  ['no int64 by the double next to it', { a: 2 ** 53 }, []],
  ['a range by different elements', { a: { $gt: 1, $lt: 5 } }, [2, 5, 8]],
  ['a range by one element', { a: { $elemMatch: { $gt: 1, $lt: 5 } } }, []],
  ['not equal: not there too', { a: { $ne: 1 } }, [2, 3, 4, 6, 7, 8, 9]],
  ['not: another type too', { a: { $not: { $gt: 1 } } }, [1, 3, 4, 7, 9]],
  ['in a list with null', { a: { $in: [null, '2'] } }, [3, 4, 7]],
  ['not in a list', { a: { $nin: [1, 2] } }, [3, 4, 6, 7, 9]],
  ['documents by the order of their fields', { o: { k: 1, l: 2 } }, [3]],
  ['a nested field', { 'o.k': 1 }, [3, 4]],
  ['a field within an array', { 'n.q': 2 }, [5, 9]],
  ['fields of different elements', { 'n.q': 2, 'n.w': 1 }, [5, 9]],
  ['fields of one element', { n: { $elemMatch: { q: 2, w: { $gt: 5 } } } }, [5]],
  ['an element by its place', { 'n.1.q': 2 }, [5]],
  ['all of a list', { tags: { $all: ['y', 'x'] } }, [1]],
  ['a whole array', { a: [1, 5] }, [5]],
  ['the empty array', { tags: [] }, [2]],
  ['an array of a length', { tags: { $size: 2 } }, [1]],
  ['a pattern', { s: /^A/i }, [2]],
  ['patterns in a list', { s: { $in: [/^B/, 'alice'] } }, [1, 2]],
  ['strings by their bytes', { s: { $gt: 'a' } }, [2]],
  ['a type', { a: { $type: 'string' } }, [7]],
  ['any number', { a: { $type: 'number' } }, [1, 2, 5, 6, 8]],
  ['a remainder', { a: { $mod: [2, 0] } }, [2, 8]],
  ['neither', { $nor: [{ a: 1 }, { s: 'alice' }] }, [3, 4, 6, 7, 8, 9]],
  ['an expression', { $expr: { $gt: [{ $size: { $ifNull: ['$n', []] } }, 1] } }, [5]],
];

const PROJECTIONS: [string, number, NonNullable<FindOptions['projection']>, Document][] = [
  ['nested fields', 3, { 'o.k': 1, _id: 0 }, { o: { k: 1 } }],
  ['all but fields within arrays', 9, { 'n.q': 0 }, { _id: 9, a: { b: 1 }, n: [{ w: 1 }] }],
  ['the first element that matches', 5, { n: { $elemMatch: { q: 2 } } }, { _id: 5, n: [{ q: 2, w: 9 }] }],
  ['part of an array', 1, { tags: { $slice: 1 } }, { _id: 1, a: 1, s: 'Bob', tags: ['x'] }],
  ['computed fields', 1, { twice: { $multiply: ['$a', 2] } }, { _id: 1, twice: 2 }],
];

const REFUSALS: [string, Filter<Numbered>, number][] = [
  ['an unknown operator', { a: { $frob: 1 } }, 2],
  ['an empty list of conditions', { $and: [] }, 2],
  ['$in without a list', { a: { $in: 1 } }, 2],
  ['a negative size', { a: { $size: -1 } }, 2],
  ['an unknown expression', { $expr: { $frob: 1 } }, 168],
];

export function queriesContract(place: Place): void {
  let documents: Collection<Numbered>;
  beforeAll(async () => {
    documents = await place.collection(...DOCUMENTS);
  });

  const idsOf = async (filter: Filter<Numbered>, options: FindOptions = {}) =>
    (await documents.find(filter, { sort: { _id: 1 }, ...options }).toArray()).map(({ _id }) => _id);

  it.each(MATCHES)('match %s', async (_, filter, ids) => {
    expect(await idsOf(filter)).toEqual(ids);
    expect(await documents.countDocuments(filter)).toBe(ids.length);
  });

  it.each(MATCHES)('match the same by an index: %s', async (_, filter, ids) => {
    const [path = ''] = Object.keys(filter);
    if (path.startsWith('$')) return;
    await documents.createIndex({ [path]: 1 });
    expect(await idsOf(filter, { hint: { [path]: 1 } })).toEqual(ids);
  });

  it('match strings by a collation', async () => {
    expect(await idsOf({ s: 'ALICE' }, { collation: { locale: 'en', strength: 2 } })).toEqual([2]);
  });

  it('sort across types, arrays by their least or greatest element', async () => {
    expect(await idsOf({}, { sort: { a: 1, _id: 1 } })).toEqual([3, 4, 1, 5, 2, 8, 6, 7, 9]);
    expect(await idsOf({}, { sort: { a: -1, _id: 1 } })).toEqual([9, 7, 6, 5, 2, 8, 1, 3, 4]);
  });

  it('skip and limit', async () => {
    expect(await idsOf({}, { skip: 2, limit: 3, batchSize: 2 })).toEqual([3, 4, 5]);
  });

  it.each(PROJECTIONS)('give %s', async (_, _id, projection, expected) => {
    expect(await documents.findOne({ _id }, { projection })).toEqual(expected);
  });

  it.each(REFUSALS)('refuse %s', async (_, filter, code) => {
    expect(await errorOf(documents.find(filter).toArray())).toMatchObject({ code });
  });
}
