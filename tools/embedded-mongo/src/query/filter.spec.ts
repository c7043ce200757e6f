import { Binary, BSONRegExp, Code, DBRef, Decimal128, Long, MaxKey, MinKey, ObjectId, UUID } from 'bson';
import { codeOf } from '../testing/code-of.js';
import { held } from '../testing/held.js';
import { parseCollation, type Document } from '../values/index.js';
import { compileFilter, filterBounds, type ArrayMatch } from './index.js';

const now = new Date(1_700_000_000_000);
const matches = (filter: Document, doc: Document): boolean => compileFilter(filter, { now })(doc);
const uuid = new UUID('6b0159f0-d469-9024-89b0-db7000000001');

describe('filters', () => {
  it.each<[string, Document, Document, boolean]>([
    ['int64 equals a number', { a: 5 }, { a: 5n }, true],
    ['Long equals a number', { a: Long.fromNumber(5) }, { a: 5 }, true],
    ['neighbouring int64 beyond 2^53 differ', { a: 9007199254740993n }, { a: 9007199254740992n }, false],
    ['int64 against its nearest double', { a: 2 ** 53 }, { a: 2n ** 53n + 1n }, false],
    ['decimal 0.1 is not the double 0.1', { a: Decimal128.fromString('0.1') }, { a: 0.1 }, false],
    ['decimal 0.5 is the double 0.5', { a: Decimal128.fromString('0.50') }, { a: 0.5 }, true],
    ['NaN equals NaN', { a: NaN }, { a: NaN }, true],
    ['NaN is not less than anything', { a: { $lt: 1 } }, { a: NaN }, false],
    ['UUID equals the same bytes and subtype', { a: uuid }, { a: new Binary(uuid.buffer, 4) }, true],
    ['UUID against another subtype', { a: uuid }, { a: new Binary(uuid.buffer, 0) }, false],
    ['objects equal with the same field order', { a: { x: 1, y: 2 } }, { a: { x: 1, y: 2 } }, true],
    ['objects differ by field order', { a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, false],
    ['null matches missing', { a: null }, {}, true],
    ['null matches an element', { a: null }, { a: [1, null] }, true],
    ['null does not match an empty array', { a: null }, { a: [] }, false],
    ['nested null matches where a document lacks it', { 'a.b': null }, { a: [{ b: 1 }, { c: 1 }] }, true],
    ['nested null does not match an array of scalars', { 'a.b': null }, { a: [1, 2] }, false],
    ['nested null matches below a scalar', { 'a.b': null }, { a: 1 }, true],
    ['$lte null is equality', { a: { $lte: null } }, {}, true],
    ['$gt null is nothing', { a: { $gt: null } }, { a: 1 }, false],
    ['$gt compares within a type only', { a: { $gt: 1 } }, { a: 'x' }, false],
    ['$gt MinKey is anything', { a: { $gt: new MinKey() } }, { a: 'x' }, true],
    ['$lt MaxKey is anything', { a: { $lt: new MaxKey() } }, { a: null }, true],
    ['two elements may fulfil two bounds', { a: { $gt: 5, $lt: 3 } }, { a: [1, 9] }, true],
    ['$elemMatch wants one element', { a: { $elemMatch: { $gt: 5, $lt: 3 } } }, { a: [1, 9] }, false],
    ['$elemMatch does not look into nested arrays', { a: { $elemMatch: { $gt: 1 } } }, { a: [[2]] }, false],
    ['$elemMatch of an array within', { a: { $elemMatch: { $elemMatch: { $gt: 1 } } } }, { a: [[2]] }, true],
    ['$elemMatch with $or', { a: { $elemMatch: { $or: [{ b: 1 }, { b: 2 }] } } }, { a: [{ b: 2 }] }, true],
    ['a whole array', { a: [1, 2] }, { a: [1, 2] }, true],
    ['an array within', { a: [1, 2] }, { a: [[1, 2], 3] }, true],
    ['by index', { 'a.1': 2 }, { a: [1, 2] }, true],
    ['an indexed array is not looked into', { 'a.0': 1 }, { a: [[1]] }, false],
    ['by a numeric field name', { 'a.1': 2 }, held({ a: { '1': 2 } }), true],
    ['$size', { a: { $size: 2 } }, { a: [1, 2] }, true],
    ['$size of a nested path', { 'a.b': { $size: 1 } }, { a: [{ b: [1] }] }, true],
    ['$all', { a: { $all: [1, 2] } }, { a: [2, 1, 3] }, true],
    ['$all with $elemMatch', { a: { $all: [{ $elemMatch: { b: 1 } }] } }, { a: [{ b: 1 }] }, true],
    ['$all of nothing', { a: { $all: [] } }, { a: [] }, false],
    ['$nin and missing', { a: { $nin: [1] } }, {}, true],
    ['$ne looks at all elements', { a: { $ne: 1 } }, { a: [1, 2] }, false],
    ['$not', { a: { $not: { $gt: 1 } } }, { a: 'x' }, true],
    ['$not with a regex', { a: { $not: /^x/ } }, { a: 'xy' }, false],
    ['$type objectId', { a: { $type: 'objectId' } }, { a: new ObjectId() }, true],
    ['$type number', { a: { $type: 'number' } }, { a: 1n }, true],
    ['$type by number', { a: { $type: [2, 16] } }, { a: 1 }, true],
    ['$type array', { a: { $type: 'array' } }, { a: [] }, true],
    ['$type of an element', { a: { $type: 'string' } }, { a: [1, 'x'] }, true],
    ['$type javascript', { a: { $type: 'javascript' } }, { a: new Code('1') }, true],
    ['$regex with options', { a: { $regex: '^AB', $options: 'i' } }, { a: 'abc' }, true],
    ['a regex matches itself', { a: new BSONRegExp('x', 'i') }, { a: new BSONRegExp('x', 'i') }, true],
    ['$in with a regex', { a: { $in: [/^a/, 1] } }, { a: ['b', 'ab'] }, true],
    ['$mod truncates', { a: { $mod: [4, 0] } }, { a: 8.9 }, true],
    ['$mod of int64', { a: { $mod: [10, 3] } }, { a: 9007199254740993n }, true],
    ['$bitsAllSet', { a: { $bitsAllSet: [0, 2] } }, { a: 5 }, true],
    ['$bitsAnyClear of a negative', { a: { $bitsAnyClear: 8 } }, { a: -1 }, false],
    ['$bitsAllSet of binary', { a: { $bitsAllSet: [8] } }, { a: new Binary(Buffer.from([0, 1])) }, true],
    ['$expr', { $expr: { $gt: ['$a', '$b'] } }, { a: 2n, b: 1 }, true],
    ['$nor', { $nor: [{ a: 1 }, { a: 2 }] }, { a: 3 }, true],
    ['$comment is ignored', { a: 1, $comment: 'why' }, { a: 1 }, true],
    ['a reference by its parts', { 'a.$id': 7 }, { a: new DBRef('things', 7 as never) }, true],
    ['inherited names are no fields', { constructor: { $exists: true } }, {}, false],
    ['a field called __proto__', { ['__proto__']: null }, {}, true],
  ])('%s', (_name, filter, doc, expected) => {
    expect(matches(filter, doc)).toBe(expected);
  });

  it('compares strings by the collation', () => {
    const ctx = { now, collation: parseCollation({ locale: 'en', strength: 2 })! };
    for (const filter of [
      { a: 'ADA' },
      { a: { $in: ['ADA'] } },
      { a: { $gte: 'ADA', $lte: 'ADA' } },
      { b: { c: 'ADA' } },
      { $expr: { $eq: ['$a', 'ADA'] } },
    ]) {
      expect(compileFilter(filter, ctx)({ a: 'ada', b: { c: 'ada' } })).toBe(true);
    }
    expect(compileFilter({ a: { $regex: 'ADA' } }, ctx)({ a: 'ada' })).toBe(false);
  });

  it('knows the variables of the command', () => {
    const filter = compileFilter({ $expr: { $eq: ['$a', '$$wanted'] } }, { now, variables: { wanted: 5 } });
    expect(filter({ a: 5 })).toBe(true);
  });

  it.each<[Document, number]>([
    [{ $where: 'true' }, 238],
    [{ $text: { $search: 'x' } }, 238],
    [{ $jsonSchema: {} }, 238],
    [{ a: { $near: [0, 0] } }, 238],
    [{ a: { $geoWithin: {} } }, 238],
    [{ $nonsense: 1 }, 2],
    [{ a: { $nonsense: 1 } }, 2],
    [{ $and: [] }, 2],
    [{ a: { $in: 1 } }, 2],
    [{ a: { $not: 5 } }, 2],
    [{ a: { $size: -1 } }, 2],
    [{ a: { $mod: [0, 1] } }, 2],
    [{ a: { $type: 'nonsense' } }, 2],
    [{ a: { $gt: /x/ } }, 2],
    [{ a: { $options: 'i' } }, 2],
    [{ a: { $regex: 'x', $options: 5 } }, 2],
    [{ $expr: '$$nobody' }, 17276],
    [{ $expr: { $nonsense: 1 } }, 168],
  ])('refuses %j with code %i', (filter, code) => {
    expect(codeOf(() => compileFilter(filter, { now }))).toBe(code);
  });

  it.each<[Document, Document, number | undefined]>([
    [{ a: 2 }, { a: [1, 2] }, 1],
    [{ a: { $elemMatch: { b: 2 } } }, { a: [{ b: 1 }, { b: 2 }] }, 1],
    [{ 'a.b': 2 }, { a: [{ b: [1] }, { b: [1, 2] }] }, 1],
    [{ 'a.b': { $in: [5, 2] } }, { a: [{ b: 1 }, { b: 2 }] }, 1],
    [{ 'a.1': 2 }, { a: [1, 2] }, undefined],
    [{ a: { $size: 2 } }, { a: [1, 2] }, undefined],
    [{ a: { $ne: 9 } }, { a: [1, 2] }, undefined],
    [{ b: 1 }, { b: 1, a: [1] }, undefined],
  ])('%j on %j matches at index %p', (filter, doc, index) => {
    const match: ArrayMatch = {};
    expect(compileFilter(filter, { now })(doc, match)).toBe(true);
    expect(match.index).toBe(index);
  });
});

describe('filterBounds', () => {
  it('merges what all matching documents fulfil', () => {
    const bounds = filterBounds({
      a: 1,
      b: { $gt: 1, $lte: 5 },
      $and: [{ c: { $in: [1, 2] } }, { b: { $exists: true } }],
      $or: [{ d: 1 }, { d: 2 }],
      e: /^x/,
      f: { $in: [1, /x/] },
      g: { $ne: 1 },
      h: [1],
      i: { $gte: { x: 1 } },
    });
    expect(Object.fromEntries(bounds)).toEqual({
      a: { eq: [1] },
      b: { lower: { value: 1, inclusive: false }, upper: { value: 5, inclusive: true } },
      c: { eq: [1, 2] },
    });
  });
});
