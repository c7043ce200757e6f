import { Decimal128, Double } from 'bson';
import { codeOf } from '../testing/code-of.js';
import { deepFreeze } from '../testing/arbitraries.js';
import { parseCollation, type Document } from '../values/index.js';
import { compilePipeline, runPipeline } from './index.js';

const now = new Date(0);
const items: Document[] = [
  { _id: 1, kind: 'a', n: 1, tags: ['x', 'y'] },
  { _id: 2, kind: 'b', n: 2n, tags: [] },
  { _id: 3, kind: 'a', n: Decimal128.fromString('3.5'), tags: null },
  { _id: 4, n: 'text', tags: ['y'] },
];
const others: Document[] = [
  { _id: 'a', parent: null },
  { _id: 'b', parent: 'a' },
  { _id: 'c', parent: 'b' },
];
const collection = (name: string): Document[] => (name === 'others' ? others : []);
const run = (docs: Document[], ...pipeline: Document[]): Document[] =>
  runPipeline(deepFreeze(docs), pipeline, { now, collection });

describe('stages', () => {
  it('$match, $sort, $skip, $limit', () => {
    expect(
      run(items, { $match: { _id: { $gt: 1 } } }, { $sort: { _id: -1 } }, { $skip: 1 }, { $limit: 1 }),
    ).toEqual([items[2]]);
  });

  it('$limit asks for no more than it gives', () => {
    const source = function* (): Iterable<Document> {
      yield { _id: 1 };
      throw new Error('asked too much');
    };
    expect(runPipeline(source(), [{ $match: {} }, { $limit: 1 }], { now })).toEqual([{ _id: 1 }]);
  });

  it('$group', () => {
    const groups = run(items, {
      $group: {
        _id: '$kind',
        sum: { $sum: '$n' },
        average: { $avg: '$n' },
        count: { $count: {} },
        first: { $first: '$_id' },
        last: { $last: '$_id' },
        ids: { $push: '$_id' },
        least: { $min: '$n' },
        greatest: { $max: '$n' },
        top: { $top: { sortBy: { _id: -1 }, output: '$_id' } },
      },
    });
    expect(groups).toEqual([
      {
        _id: 'a',
        sum: Decimal128.fromString('4.5'),
        average: Decimal128.fromString('2.25'),
        count: 2,
        first: 1,
        last: 3,
        ids: [1, 3],
        least: 1,
        greatest: Decimal128.fromString('3.5'),
        top: 3,
      },
      {
        _id: 'b',
        sum: 2n,
        average: new Double(2),
        count: 1,
        first: 2,
        last: 2,
        ids: [2],
        least: 2n,
        greatest: 2n,
        top: 2,
      },
      {
        _id: null,
        sum: 0,
        average: null,
        count: 1,
        first: 4,
        last: 4,
        ids: [4],
        least: 'text',
        greatest: 'text',
        top: 4,
      },
    ]);
  });

  it('$group with $addToSet, $mergeObjects and $firstN', () => {
    expect(
      run([{ v: 1 }, { v: 1n }, { w: 2 }], {
        $group: {
          _id: null,
          set: { $addToSet: '$v' },
          merged: { $mergeObjects: '$$ROOT' },
          firsts: { $firstN: { n: 2, input: '$v' } },
        },
      }),
    ).toEqual([{ _id: null, set: [1n], merged: { v: 1n, w: 2 }, firsts: [1, 1n] }]);
  });

  it('$group, $sort and $match by the collation', () => {
    const collation = parseCollation({ locale: 'en', strength: 2 })!;
    const docs = [{ s: 'b' }, { s: 'A' }, { s: 'a' }];
    expect(
      runPipeline(docs, [{ $group: { _id: '$s', n: { $sum: 1 } } }, { $sort: { _id: 1 } }], {
        now,
        collation,
      }),
    ).toEqual([
      { _id: 'A', n: 2 },
      { _id: 'b', n: 1 },
    ]);
  });

  it('$unwind', () => {
    expect(run(items, { $unwind: '$tags' }, { $project: { tags: 1 } })).toEqual([
      { _id: 1, tags: 'x' },
      { _id: 1, tags: 'y' },
      { _id: 4, tags: 'y' },
    ]);
  });

  it('$unwind that keeps what has no elements', () => {
    const stage = { $unwind: { path: '$tags', preserveNullAndEmptyArrays: true, includeArrayIndex: 'i' } };
    expect(run(items.slice(1), stage, { $project: { tags: 1, i: 1 } })).toEqual([
      { _id: 2, i: null },
      { _id: 3, tags: null, i: null },
      { _id: 4, tags: 'y', i: 0n },
    ]);
  });

  it('$lookup by fields, through arrays and for missing values', () => {
    const docs = [{ _id: 1, ref: ['a', 'c'] }, { _id: 2 }];
    const stage = { $lookup: { from: 'others', localField: 'ref', foreignField: 'parent', as: 'found' } };
    expect(run(docs, stage)).toEqual([
      { _id: 1, ref: ['a', 'c'], found: [others[1]] },
      { _id: 2, found: [others[0]] },
    ]);
  });

  it('$lookup by pipeline with variables', () => {
    const stage = {
      $lookup: {
        from: 'others',
        let: { wanted: '$ref' },
        pipeline: [{ $match: { $expr: { $eq: ['$parent', '$$wanted'] } } }, { $project: { _id: 1 } }],
        as: 'found',
      },
    };
    expect(run([{ ref: 'a' }], stage)).toEqual([{ ref: 'a', found: [{ _id: 'b' }] }]);
  });

  it('$graphLookup', () => {
    const stage = {
      $graphLookup: {
        from: 'others',
        startWith: '$of',
        connectFromField: 'parent',
        connectToField: '_id',
        as: 'line',
        depthField: 'depth',
      },
    };
    expect(run([{ of: 'c' }], stage)[0]!.line).toEqual([
      { ...others[2], depth: 0n },
      { ...others[1], depth: 1n },
      { ...others[0], depth: 2n },
    ]);
  });

  it('$facet, $count, $sortByCount, $unionWith', () => {
    expect(
      run(items, { $facet: { all: [{ $count: 'n' }], none: [{ $match: { _id: 9 } }, { $count: 'n' }] } }),
    ).toEqual([{ all: [{ n: 4 }], none: [] }]);
    expect(run(items, { $sortByCount: '$kind' })[0]).toEqual({ _id: 'a', count: 2 });
    expect(run([], { $unionWith: { coll: 'others', pipeline: [{ $limit: 1 }] } })).toEqual([others[0]]);
  });

  it('$bucket', () => {
    expect(
      run([{ n: 1 }, { n: 5 }, { n: 9 }], {
        $bucket: { groupBy: '$n', boundaries: [0, 5, 8], default: 'rest' },
      }),
    ).toEqual([
      { _id: 0, count: 1 },
      { _id: 5, count: 1 },
      { _id: 'rest', count: 1 },
    ]);
  });

  it('$sample, $documents, $replaceRoot', () => {
    expect(run(items, { $sample: { size: 2 } })).toHaveLength(2);
    expect(run([], { $documents: [{ a: { b: 1 } }] }, { $replaceRoot: { newRoot: '$a' } })).toEqual([
      { b: 1 },
    ]);
  });

  it('$project computes into documents of arrays', () => {
    expect(run([{ a: [{ b: 1, c: 1 }], x: 5 }], { $project: { 'a.b': 1, 'a.d': '$x' } })).toEqual([
      { a: [{ b: 1, d: 5 }] },
    ]);
  });

  it('a pipeline is compiled once', () => {
    const count = compilePipeline([{ $count: 'n' }], { now });
    expect([count(items), count(others)]).toEqual([[{ n: 4 }], [{ n: 3 }]]);
  });

  it.each<[Document, number]>([
    [{ $nonsense: {} }, 40324],
    [{ $match: {}, $limit: 1 }, 40323],
    [{}, 40323],
    [{ $setWindowFields: {} }, 238],
    [{ $geoNear: {} }, 238],
    [{ $search: {} }, 238],
    [{ $limit: 0 }, 15958],
    [{ $skip: -1 }, 5107201],
    [{ $sort: {} }, 15976],
    [{ $sort: { a: 2 } }, 15975],
    [{ $group: {} }, 15955],
    [{ $group: { _id: null, a: 1 } }, 40234],
    [{ $group: { _id: null, a: { $nonsense: 1 } } }, 15952],
    [{ $group: { _id: null, a: { $accumulator: {} } } }, 238],
    [{ $project: {} }, 51272],
    [{ $project: { a: 1, b: 0 } }, 31254],
    [{ $unwind: 'tags' }, 28818],
    [{ $count: '$x' }, 40158],
    [{ $replaceWith: 5 }, 40228],
    [{ $lookup: { from: 'x', localField: 'a', as: 'b' } }, 9],
    [{ $lookup: { from: { db: 'y', coll: 'x' }, pipeline: [], as: 'b' } }, 238],
    [{ $set: { a: '$$nobody' } }, 17276],
    [{ $unset: 5 }, 31120],
  ])('%j is refused with code %i', (stage, code) => {
    expect(codeOf(() => run(items, stage))).toBe(code);
  });
});
