import type { Collection, Document } from 'mongodb';
import { errorOf } from '../support.js';
import type { Place } from './place.js';

interface Sale {
  _id: number;
  item: string;
  quantity: number;
  tags: string[];
  at: Date;
}

const SALES: Sale[] = [
  { _id: 1, item: 'tea', quantity: 2, tags: ['hot'], at: new Date('2026-01-31T23:30:00Z') },
  { _id: 2, item: 'ice', quantity: 5, tags: ['cold', 'sweet'], at: new Date('2026-02-01T12:00:00Z') },
  { _id: 3, item: 'tea', quantity: 4, tags: [], at: new Date('2026-02-02T00:00:00Z') },
];

const PIPELINES: [string, Document[], Document[]][] = [
  [
    'groups',
    [
      {
        $group: {
          _id: '$item',
          sum: { $sum: '$quantity' },
          mean: { $avg: '$quantity' },
          ids: { $push: '$_id' },
        },
      },
      { $sort: { _id: 1 } },
    ],
    [
      { _id: 'ice', sum: 5, mean: 5, ids: [2] },
      { _id: 'tea', sum: 6, mean: 3, ids: [1, 3] },
    ],
  ],
  [
    'unwound arrays',
    [{ $unwind: { path: '$tags', preserveNullAndEmptyArrays: true } }, { $project: { tags: 1 } }],
    [{ _id: 1, tags: 'hot' }, { _id: 2, tags: 'cold' }, { _id: 2, tags: 'sweet' }, { _id: 3 }],
  ],
  [
    'facets',
    [
      {
        $facet: {
          count: [{ $count: 'n' }],
          best: [{ $sort: { quantity: -1 } }, { $limit: 1 }, { $project: { item: 1 } }],
        },
      },
    ],
    [{ count: [{ n: 3 }], best: [{ _id: 2, item: 'ice' }] }],
  ],
  [
    'strings and conditions',
    [
      { $match: { _id: 1 } },
      {
        $project: {
          loud: { $toUpper: '$item' },
          size: { $cond: [{ $gte: ['$quantity', 3] }, 'large', 'small'] },
          label: { $concat: ['$item', ' x', { $toString: '$quantity' }] },
          missing: { $ifNull: ['$nothing', 'none'] },
        },
      },
    ],
    [{ _id: 1, loud: 'TEA', size: 'small', label: 'tea x2', missing: 'none' }],
  ],
  [
    'days in a time zone',
    [
      { $match: { _id: 1 } },
      {
        $project: { day: { $dateToString: { date: '$at', format: '%Y-%m-%d', timezone: 'Europe/Berlin' } } },
      },
    ],
    [{ _id: 1, day: '2026-02-01' }],
  ],
  [
    'arrays',
    [
      { $match: { _id: 2 } },
      {
        $project: {
          long: { $filter: { input: '$tags', cond: { $gt: [{ $strLenCP: '$$this' }, 4] } } },
          joined: { $reduce: { input: '$tags', initialValue: '', in: { $concat: ['$$value', '$$this'] } } },
          first: { $arrayElemAt: ['$tags', 0] },
          has: { $in: ['cold', '$tags'] },
        },
      },
    ],
    [{ _id: 2, long: ['sweet'], joined: 'coldsweet', first: 'cold', has: true }],
  ],
];

export function aggregationContract(place: Place): void {
  let sales: Collection<Sale>;
  beforeAll(async () => {
    sales = await place.collection(...SALES);
  });

  it.each(PIPELINES)('gives %s', async (_, pipeline, expected) => {
    expect(await sales.aggregate(pipeline).toArray()).toEqual(expected);
  });

  it('joins collections', async () => {
    const prices = await place.collection<Document>({ item: 'tea', price: 3 }, { item: 'ice', price: 2 });
    const joined = await sales
      .aggregate([
        { $lookup: { from: prices.collectionName, localField: 'item', foreignField: 'item', as: 'found' } },
        { $set: { total: { $multiply: ['$quantity', { $first: '$found.price' }] } } },
        { $project: { total: 1 } },
        { $sort: { _id: 1 } },
      ])
      .toArray();
    expect(joined).toEqual([
      { _id: 1, total: 6 },
      { _id: 2, total: 10 },
      { _id: 3, total: 12 },
    ]);
  });

  it('writes its result into a collection', async () => {
    const target = await place.collection<Document>({ _id: 1, kept: true }, { _id: 7 });
    const into = target.collectionName;
    await sales.aggregate([{ $project: { item: 1 } }, { $merge: { into } }]).toArray();
    expect(await target.findOne({ _id: 1 } as never)).toEqual({ _id: 1, kept: true, item: 'tea' });
    expect(await target.countDocuments()).toBe(4);
    await sales.aggregate([{ $match: { _id: 2 } }, { $project: { item: 1 } }, { $out: into }]).toArray();
    expect(await target.find().toArray()).toEqual([{ _id: 2, item: 'ice' }]);
  });

  it('refuses what it cannot do', async () => {
    const failing = (stage: Document) => errorOf(sales.aggregate([stage]).toArray());
    expect(await failing({ $frob: 1 })).toMatchObject({ code: 40324 });
    expect(await failing({ $project: { x: { $divide: [1, 0] } } })).toMatchObject({ code: 2 });
    expect(await failing({ $project: { x: { $add: ['$item', 1] } } })).toMatchObject({ code: 14 });
  });
}
