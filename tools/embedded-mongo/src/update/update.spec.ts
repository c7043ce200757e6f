import { Decimal128, Timestamp } from 'bson';
import { codeOf } from '../testing/code-of.js';
import { deepFreeze } from '../testing/arbitraries.js';
import { parseCollation, type Document } from '../values/index.js';
import {
  applyUpdate,
  compileUpdate,
  isReplacement,
  upsertDocument,
  type Update,
  type UpdateContext,
} from './index.js';

const now = new Date(1_700_000_000_000);
const update = (doc: Document, spec: Update, ctx: Partial<UpdateContext> = {}): Document =>
  applyUpdate(deepFreeze(doc), spec, { now, ...ctx }).doc;

describe('update operators', () => {
  it.each<[string, Document, Document, Document]>([
    ['$set creates what is missing', {}, { $set: { 'a.b': 1 } }, { a: { b: 1 } }],
    ['$set into an array by index', { a: [1] }, { $set: { 'a.3': 2 } }, { a: [1, null, null, 2] }],
    ['new fields come in the order of their names', { z: 1 }, { $set: { b: 1, a: 2 } }, { z: 1, a: 2, b: 1 }],
    [
      'numeric names in the order of numbers',
      { a: [] },
      { $set: { 'a.10': 1, 'a.9': 2 } },
      { a: [...Array<null>(9).fill(null), 2, 1] },
    ],
    ['$unset of an element leaves null', { a: [1, 2] }, { $unset: { 'a.0': '' } }, { a: [null, 2] }],
    ['$unset of a nested field', { a: { b: 1, c: 2 } }, { $unset: { 'a.b': '' } }, { a: { c: 2 } }],
    ['$inc makes int64 of int32', { n: 2147483647 }, { $inc: { n: 1 } }, { n: 2147483648n }],
    ['$inc of int64 is exact', { n: 9007199254740993n }, { $inc: { n: 2 } }, { n: 9007199254740995n }],
    ['$inc of a missing field', {}, { $inc: { 'a.n': 5 } }, { a: { n: 5 } }],
    [
      '$inc of a decimal',
      { n: Decimal128.fromString('0.1') },
      { $inc: { n: Decimal128.fromString('0.2') } },
      { n: Decimal128.fromString('0.3') },
    ],
    ['$mul of a missing field is zero', {}, { $mul: { n: 5 } }, { n: 0 }],
    ['$mul', { n: 3n }, { $mul: { n: 5 } }, { n: 15n }],
    ['$min across types', { n: 'x' }, { $min: { n: 5 } }, { n: 5 }],
    ['$max keeps the greater', { n: 7 }, { $max: { n: 5n } }, { n: 7 }],
    ['$rename', { a: { b: 1 } }, { $rename: { 'a.b': 'c' } }, { a: {}, c: 1 }],
    ['$rename of a missing field', { a: 1 }, { $rename: { b: 'c' } }, { a: 1 }],
    ['$setOnInsert does nothing here', { a: 1 }, { $setOnInsert: { b: 1 } }, { a: 1 }],
    ['$currentDate', {}, { $currentDate: { a: true, b: { $type: 'date' } } }, { a: now, b: now }],
    ['$push', { a: [1] }, { $push: { a: [2] } }, { a: [1, [2]] }],
    [
      '$push $each $position',
      { a: [1, 4] },
      { $push: { a: { $each: [2, 3], $position: 1 } } },
      { a: [1, 2, 3, 4] },
    ],
    [
      '$push $sort $slice',
      { a: [3, 1] },
      { $push: { a: { $each: [2], $sort: -1, $slice: 2 } } },
      { a: [3, 2] },
    ],
    [
      '$push $sort by field',
      { a: [{ x: 2 }] },
      { $push: { a: { $each: [{ x: 1 }], $sort: { x: 1 } } } },
      { a: [{ x: 1 }, { x: 2 }] },
    ],
    ['$push $slice from the end', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: -2 } } }, { a: [2, 3] }],
    ['$push of nothing creates the array', {}, { $push: { a: { $each: [] } } }, { a: [] }],
    [
      '$addToSet knows equal numbers',
      { a: [1n] },
      { $addToSet: { a: { $each: [1, 2, 2] } } },
      { a: [1n, 2] },
    ],
    ['$addToSet of an array', { a: [] }, { $addToSet: { a: [1] } }, { a: [[1]] }],
    ['$pop', { a: [1, 2, 3] }, { $pop: { a: -1 } }, { a: [2, 3] }],
    ['$pull by value', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
    ['$pull by operators', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
    [
      '$pull by fields',
      { a: [{ x: 1, y: 1 }, { x: 2 }, 3] },
      { $pull: { a: { x: 1 } } },
      { a: [{ x: 2 }, 3] },
    ],
    ['$pullAll', { a: [1, 2, 3] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
    ['$bit', { n: 13 }, { $bit: { n: { and: 10 } } }, { n: 8 }],
    ['$bit with int64', { n: 1n }, { $bit: { n: { or: 6 } } }, { n: 7n }],
    [
      '$[] means every element',
      { a: [{ n: 1 }, { n: 2 }] },
      { $inc: { 'a.$[].n': 10 } },
      { a: [{ n: 11 }, { n: 12 }] },
    ],
    ['a field called __proto__', {}, { $set: { ['__proto__']: 1 } }, { ['__proto__']: 1 }],
  ])('%s', (_name, doc, spec, expected) => {
    const result = update({ _id: 1, ...doc }, spec);
    expect(result).toEqual({ _id: 1, ...expected });
    expect(Object.keys(result)).toEqual(['_id', ...Object.keys(expected)]);
  });

  it.each<[string, Document, Document]>([
    ['equal values', { a: { b: 1 } }, { $set: { a: { b: 1 } } }],
    ['$inc by zero', { a: 1 }, { $inc: { a: 0 } }],
    ['$addToSet of a member', { a: [1] }, { $addToSet: { a: 1 } }],
    ['$pull without a match', { a: [1] }, { $pull: { a: 2 } }],
    ['$unset of nothing', { a: 1 }, { $unset: { b: '' } }],
    ['$pop of a missing field', {}, { $pop: { a: 1 } }],
    ['a replacement by the same', { a: 1 }, { a: 1 }],
  ])('%s change nothing', (_name, fields, spec) => {
    const doc = { _id: 1, ...fields };
    const result = applyUpdate(doc, spec, { now });
    expect(result.changed).toBe(false);
    expect(result.doc).toBe(doc);
  });

  it('a value of another type or with another order of fields is a change', () => {
    expect(applyUpdate({ a: 1 }, { $set: { a: 1n } }, { now }).changed).toBe(true);
    expect(applyUpdate({ a: { x: 1, y: 2 } }, { $set: { a: { y: 2, x: 1 } } }, { now }).changed).toBe(true);
  });

  it('shares what it does not change', () => {
    const doc = deepFreeze({ _id: 1, a: { b: 1 }, c: { d: 1 } });
    expect(update(doc, { $set: { 'a.b': 2 } }).c).toBe(doc.c);
  });

  it('$currentDate takes the cluster time for a timestamp', () => {
    const clusterTime = new Timestamp({ t: 5, i: 6 });
    const spec = { $currentDate: { a: { $type: 'timestamp' } } };
    expect(update({}, spec, { clusterTime }).a).toBe(clusterTime);
  });

  it('the positional operator takes the matched element', () => {
    expect(update({ a: [1, 2] }, { $set: { 'a.$': 9 } }, { matchedArrayIndex: 1 })).toEqual({ a: [1, 9] });
  });

  it('array filters choose elements', () => {
    const doc = {
      a: [
        { n: 1, l: [1, 5] },
        { n: 2, l: [5] },
      ],
    };
    const arrayFilters = [{ 'e.n': { $gte: 1 } }, { x: { $gt: 4 } }];
    expect(update(doc, { $set: { 'a.$[e].l.$[x]': 0 } }, { arrayFilters })).toEqual({
      a: [
        { n: 1, l: [1, 0] },
        { n: 2, l: [0] },
      ],
    });
  });

  it('compares by the collation', () => {
    const collation = parseCollation({ locale: 'en', strength: 2 })!;
    expect(update({ a: ['x', 'y'] }, { $pull: { a: 'X' } }, { collation })).toEqual({ a: ['y'] });
    expect(update({ a: ['x'] }, { $addToSet: { a: 'X' } }, { collation })).toEqual({ a: ['x'] });
  });

  it.each<[string, Document, Update, number, Partial<UpdateContext>?]>([
    ['$inc on a string', { a: 'x' }, { $inc: { a: 1 } }, 14],
    ['$inc by a string', {}, { $inc: { a: 'x' } }, 14],
    ['$inc beyond int64', { a: 2n ** 63n - 1n }, { $inc: { a: 1 } }, 2],
    ['$push to a scalar', { a: 1 }, { $push: { a: 1 } }, 2],
    ['$addToSet to a scalar', { a: 1 }, { $addToSet: { a: 1 } }, 2],
    ['$pop of a scalar', { a: 1 }, { $pop: { a: 1 } }, 14],
    ['$pull from a scalar', { a: 1 }, { $pull: { a: 1 } }, 2],
    ['$set through a scalar', { a: 1 }, { $set: { 'a.b': 1 } }, 28],
    ['$set of a name in an array', { a: [1] }, { $set: { 'a.b': 1 } }, 28],
    ['$bit of a double', { a: 1.5 }, { $bit: { a: { or: 1 } } }, 2],
    ['the same path twice', {}, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    ['a path within another', {}, { $set: { 'a.b': 1, a: 1 } }, 40],
    ['a rename onto a written path', {}, { $set: { b: 1 }, $rename: { a: 'b' } }, 40],
    ['an unknown operator', {}, { $nonsense: { a: 1 } }, 9],
    ['operators and fields', {}, { $set: { a: 1 }, b: 1 }, 9],
    ['an operator without fields', {}, { $set: 5 }, 9],
    ['an empty path', {}, { $set: { '': 1 } }, 56],
    ['an empty name', {}, { $set: { 'a..b': 1 } }, 56],
    ['a dollar field', {}, { $set: { $a: 1 } }, 52],
    ['another _id', { _id: 1 }, { $set: { _id: 2 } }, 66],
    ['no _id', { _id: 1 }, { $unset: { _id: '' } }, 66],
    ['part of the _id', { _id: { a: 1 } }, { $set: { '_id.a': 2 } }, 66],
    ['a replacement with another _id', { _id: 1 }, { _id: 2 }, 66],
    ['a pipeline with another _id', { _id: 1 }, [{ $set: { _id: 2 } }], 66],
    ['a replacement with a dollar field', { _id: 1 }, { a: 1, $b: 1 }, 52],
    ['a stage that is no update', {}, [{ $match: {} }], 72],
    ['an unknown stage', {}, [{ $nonsense: {} }], 72],
    ['a pipeline that gives no document', {}, [{ $replaceWith: '$nothing' }], 40228],
    ['a position without a match', { a: [1] }, { $set: { 'a.$': 1 } }, 2],
    ['elements of what is no array', { a: 1 }, { $set: { 'a.$[]': 1 } }, 2],
    ['elements of nothing', {}, { $set: { 'a.$[]': 1 } }, 2],
    ['an array filter that is missing', { a: [1] }, { $set: { 'a.$[x]': 1 } }, 2],
    ['an array filter that is not used', { a: [1] }, { $set: { a: 1 } }, 9, { arrayFilters: [{ x: 1 }] }],
    [
      'two array filters of a name',
      { a: [1] },
      { $set: { 'a.$[x]': 1 } },
      9,
      { arrayFilters: [{ x: 1 }, { x: 2 }] },
    ],
    [
      'an array filter about two names',
      { a: [1] },
      { $set: { 'a.$[x]': 1 } },
      9,
      { arrayFilters: [{ x: 1, y: 2 }] },
    ],
    ['unknown $push modifiers', {}, { $push: { a: { $each: [], $nonsense: 1 } } }, 2],
    ['$each of a scalar', {}, { $push: { a: { $each: 1 } } }, 2],
    ['$pop by two', { a: [1] }, { $pop: { a: 2 } }, 9],
    ['$rename to a number', { a: 1 }, { $rename: { a: 1 } }, 2],
  ])('refuses %s', (_name, doc, spec, code, ctx = {}) => {
    expect(codeOf(() => update(doc, spec, ctx))).toBe(code);
  });

  it('an equal _id may be set', () => {
    expect(update({ _id: 1 }, { $set: { _id: 1, a: 1 } })).toEqual({ _id: 1, a: 1 });
  });

  it('is compiled once for many documents', () => {
    const increment = compileUpdate({ $inc: { n: 1 } }, { now });
    expect([1, 2].map((n) => increment({ n }).doc)).toEqual([{ n: 2 }, { n: 3 }]);
  });
});

describe('replacements', () => {
  it('keep the _id, first', () => {
    const result = update({ a: 1, _id: 7 }, { b: 1 });
    expect(Object.entries(result)).toEqual([
      ['_id', 7],
      ['b', 1],
    ]);
  });

  it('are told from operators and pipelines', () => {
    expect([{}, { a: 1 }, { $set: {} }, [], [{ $set: {} }]].map((spec) => isReplacement(spec))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('updates by pipeline', () => {
  const nextVersion = {
    $max: [
      { $floor: { $multiply: [{ $toDouble: '$$NOW' }, 1024] } },
      { $add: [{ $ifNull: ['$version', 0] }, 1] },
    ],
  };
  const clock = now.getTime() * 1024;

  it.each<[string, Document, unknown]>([
    ['no version', {}, clock],
    ['an int32', { version: 5 }, clock],
    ['an int64', { version: 5n }, clock],
    ['a double ahead of the clock', { version: clock + 7 }, clock + 8],
    ['an int64 ahead of the clock', { version: BigInt(clock) + 7n }, BigInt(clock) + 8n],
    ['an int64 ahead, beyond 2^53', { version: 2n ** 53n + 1n }, 2n ** 53n + 2n],
    ['the greatest int32', { version: 2147483647 }, clock],
  ])('a version clock after %s', (_name, doc, expected) => {
    expect(update(doc, [{ $set: { version: nextVersion } }]).version).toBe(expected);
  });

  it.each<[string, Document, readonly Document[], Document]>([
    [
      '$set sees the fields as they were before the stage',
      { a: 1, b: 2 },
      [{ $set: { a: '$b', b: '$a' } }],
      { a: 2, b: 1 },
    ],
    [
      'later stages see earlier ones',
      { a: 1 },
      [{ $set: { b: { $add: ['$a', 1] } } }, { $set: { c: '$b' } }],
      { a: 1, b: 2, c: 2 },
    ],
    ['$literal with a dollar', {}, [{ $set: { a: { $literal: '$notAField' } } }], { a: '$notAField' }],
    [
      '$cond with $$REMOVE removes',
      { a: 1, b: 1 },
      [{ $set: { b: { $cond: [{ $gt: ['$a', 0] }, '$$REMOVE', '$b'] } } }],
      { a: 1 },
    ],
    [
      '$unset of a list',
      { a: 1, b: 2, c: { d: 1, e: 2 } },
      [{ $unset: ['a', 'c.d'] }],
      { b: 2, c: { e: 2 } },
    ],
    [
      '$replaceWith $mergeObjects',
      { a: 1, b: 2 },
      [{ $replaceWith: { $mergeObjects: ['$$ROOT', { b: 3 }, null] } }],
      { a: 1, b: 3 },
    ],
    ['nested $set keeps siblings', { a: { b: 1, c: 1 } }, [{ $set: { a: { b: 2 } } }], { a: { b: 2, c: 1 } }],
    [
      'dotted $set into documents of an array',
      { a: [{ b: 1 }, 5] },
      [{ $set: { 'a.c': 1 } }],
      { a: [{ b: 1, c: 1 }, { c: 1 }] },
    ],
    ['$project', { a: 1, b: 2 }, [{ $project: { a: 1, c: '$b' } }], { a: 1, c: 2 }],
    [
      '$setField with a dotted name',
      {},
      [{ $replaceWith: { $setField: { field: 'a.b', input: '$$ROOT', value: 1 } } }],
      { 'a.b': 1 },
    ],
    ['$$NOW', {}, [{ $set: { at: '$$NOW' } }], { at: now }],
  ])('%s', (_name, doc, pipeline, expected) => {
    expect(update({ _id: 1, ...doc }, pipeline)).toEqual({ _id: 1, ...expected });
  });

  it('keep the _id that a stage dropped', () => {
    expect(update({ _id: 1, a: 1 }, [{ $replaceWith: { b: '$a' } }])).toEqual({ _id: 1, b: 1 });
  });

  it('change nothing if the result is the same', () => {
    expect(applyUpdate({ _id: 1, a: 1 }, [{ $set: { a: 1 } }], { now }).changed).toBe(false);
  });
});

describe('upserts', () => {
  const insert = (filter: Document, spec: Update): Document => upsertDocument(filter, spec, { now });

  it.each<[string, Document, Update, Document]>([
    [
      'equalities of the filter',
      { _id: 1, a: 2, 'b.c': { $eq: 3 }, d: { $gt: 1 } },
      { $set: { e: 4 } },
      { _id: 1, a: 2, b: { c: 3 }, e: 4 },
    ],
    [
      'equalities under $and',
      { _id: 1, $and: [{ a: 1 }, { b: { $in: [2] } }] },
      { $inc: { n: 1 } },
      { _id: 1, a: 1, b: 2, n: 1 },
    ],
    ['no regular expressions', { _id: 1, a: /x/ }, { $set: { b: 1 } }, { _id: 1, b: 1 }],
    ['$setOnInsert', { _id: 1 }, { $setOnInsert: { a: 1 }, $set: { b: 1 } }, { _id: 1, a: 1, b: 1 }],
    ['an _id set by the update', { a: 1 }, { $setOnInsert: { _id: 9 } }, { _id: 9, a: 1 }],
    ['a replacement takes only the _id', { _id: 1, a: 1 }, { b: 1 }, { _id: 1, b: 1 }],
    ['a pipeline', { _id: 1, a: 1 }, [{ $set: { b: { $add: ['$a', 1] } } }], { _id: 1, a: 1, b: 2 }],
    ['null', { _id: 1, a: null }, { $set: { b: 1 } }, { _id: 1, a: null, b: 1 }],
  ])('%s', (_name, filter, spec, expected) => {
    const doc = insert(filter, spec);
    expect(doc).toEqual(expected);
    expect(Object.keys(doc)[0]).toBe('_id');
  });

  it('make an _id where none is known', () => {
    expect(String(insert({ a: 1 }, { b: 1 })._id)).toMatch(/^[0-9a-f]{24}$/);
  });

  it.each<[string, Document, Update, number]>([
    ['a path matched twice', { a: 1, $and: [{ a: 2 }] }, { $set: { b: 1 } }, 54],
    ['a path within a matched one', { a: 1, 'a.b': 2 }, { $set: { c: 1 } }, 54],
    ['another _id than the filter wants', { _id: 1 }, { $set: { _id: 2 } }, 66],
    ['a replacement with another _id', { _id: 1 }, { _id: 2 }, 66],
  ])('refuse %s', (_name, filter, spec, code) => {
    expect(codeOf(() => insert(filter, spec))).toBe(code);
  });
});
