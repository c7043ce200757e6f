import { Long, type Document, type UpdateOptions } from 'mongodb';
import { errorOf } from '../support.js';
import type { Place } from './place.js';

interface Numbered extends Document {
  _id: number;
}

interface Case {
  doc: object;
  update: object;
  filter?: object;
  options?: UpdateOptions;
}

const list = [
  { q: 1, w: 1 },
  { q: 2, w: 1 },
];

const CHANGES: [string, Case, Document][] = [
  ['numbers', { doc: { a: 5 }, update: { $inc: { a: 1 }, $mul: { b: 3 } } }, { a: 6, b: 0 }],
  ['bounds', { doc: { a: 5 }, update: { $min: { a: 3 }, $max: { b: 7 } } }, { a: 3, b: 7 }],
  ['bits', { doc: { a: 1 }, update: { $bit: { a: { or: 4 } } } }, { a: 5 }],
  ['names', { doc: { a: 1 }, update: { $rename: { a: 'b.c' } } }, { b: { c: 1 } }],
  ['what is there no more', { doc: { a: 1, b: 2 }, update: { $unset: { a: '', z: '' } } }, { b: 2 }],
  ['fields with digits', { doc: {}, update: { $set: { 'o.2': 1 } } }, { o: { 2: 1 } }],
  ['elements beyond the end', { doc: { l: [] }, update: { $set: { 'l.2': 1 } } }, { l: [null, null, 1] }],
  [
    'a part of an array',
    { doc: { l: [1, 2, 3, 4] }, update: { $push: { l: { $each: [9, 8], $position: 1, $slice: 4 } } } },
    { l: [1, 9, 8, 2] },
  ],
  ['the order', { doc: { l: [3, 1] }, update: { $push: { l: { $each: [2], $sort: 1 } } } }, { l: [1, 2, 3] }],
  ['a set', { doc: { l: [1, 2] }, update: { $addToSet: { l: { $each: [2, 3] } } } }, { l: [1, 2, 3] }],
  ['equal elements', { doc: { l: [1, 2, 3, 2] }, update: { $pull: { l: 2 } } }, { l: [1, 3] }],
  [
    'elements that match',
    { doc: { list }, update: { $pull: { list: { q: { $gt: 1 } } } } },
    { list: [list[0]] },
  ],
  ['the first element', { doc: { l: [1, 2] }, update: { $pop: { l: -1 } } }, { l: [2] }],
  ['all elements', { doc: { l: [1, 2] }, update: { $inc: { 'l.$[]': 10 } } }, { l: [11, 12] }],
  [
    'the element found',
    { doc: { l: [1, 2] }, filter: { l: 2 }, update: { $set: { 'l.$': 20 } } },
    { l: [1, 20] },
  ],
  [
    'filtered elements',
    {
      doc: { list },
      update: { $set: { 'list.$[it].w': 5 } },
      options: { arrayFilters: [{ 'it.q': 2 }] },
    },
    { list: [list[0], { q: 2, w: 5 }] },
  ],
  [
    'by a pipeline',
    { doc: { a: 6 }, update: [{ $set: { b: { $add: ['$a', 1] } } }, { $unset: 'a' }] },
    { b: 7 },
  ],
  ['as literals', { doc: { a: 6 }, update: [{ $set: { b: { $literal: '$a' } } }] }, { a: 6, b: '$a' }],
];

const REFUSALS: [string, Case, number][] = [
  ['adding to text', { doc: { a: 'x' }, update: { $inc: { a: 1 } } }, 14],
  ['pushing to a number', { doc: { a: 1 }, update: { $push: { a: 1 } } }, 2],
  ['a field of a number', { doc: { a: 1 }, update: { $set: { 'a.b': 1 } } }, 28],
  ['another _id', { doc: {}, update: { $set: { _id: 2 } } }, 66],
  ['two changes of a field', { doc: {}, update: { $set: { a: 1 }, $inc: { a: 1 } } }, 40],
  ['a change within a change', { doc: {}, update: { $set: { a: 1, 'a.b': 2 } } }, 40],
  ['a name that stays', { doc: { a: 1 }, update: { $rename: { a: 'a' } } }, 2],
  ['an unknown operator', { doc: {}, update: { $frob: { a: 1 } } }, 9],
  ['a place nobody found', { doc: { l: [1] }, update: { $set: { 'l.$': 1 } } }, 2],
  [
    'filters nobody uses',
    { doc: {}, update: { $set: { a: 1 } }, options: { arrayFilters: [{ 'it.q': 2 }] } },
    9,
  ],
];

export function updatesContract(place: Place): void {
  const run = async ({ doc, update, filter = {}, options = {} }: Case) => {
    const collection = await place.collection<Numbered>({ _id: 1, ...doc });
    const result = await collection.updateOne({ _id: 1, ...filter }, update, options);
    return { result, found: await collection.findOne({}, { projection: { _id: 0 } }) };
  };

  it.each(CHANGES)('change %s', async (_, change, expected) => {
    const { result, found } = await run(change);
    expect(result).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(found).toEqual(expected);
  });

  it.each(REFUSALS)('refuse %s', async (_, change, code) => {
    expect(await errorOf(run(change))).toMatchObject({ code });
  });

  it('count only what changed', async () => {
    const { result } = await run({ doc: { a: 1 }, update: { $set: { a: 1 } } });
    expect(result).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
  });

  it('keep int64 exact', async () => {
    const collection = await place.collection<Document>({ a: Long.fromString('9007199254740992') });
    await collection.updateOne({}, { $inc: { a: 1 } });
    const found = await collection.findOne({}, { promoteLongs: false });
    expect(String(found?.a)).toBe('9007199254740993');
  });

  it('take the time of the server once per command', async () => {
    const collection = await place.collection<Document>({ n: 1 }, { n: 2 });
    await collection.updateMany({}, [{ $set: { at: '$$NOW' } }]);
    const times = await collection.distinct('at');
    expect(times).toHaveLength(1);
    expect(times[0]).toBeInstanceOf(Date);
  });
}

export function upsertsContract(place: Place): void {
  it('insert what filter and update say', async () => {
    const collection = await place.collection<Numbered>();
    const filter = { _id: 7, kind: 'x', 'o.p': 1, n: { $gt: 3 } };
    const result = await collection.updateOne(
      filter,
      { $setOnInsert: { made: true }, $inc: { count: 1 } },
      { upsert: true },
    );
    expect(result).toMatchObject({ matchedCount: 0, upsertedCount: 1, upsertedId: 7 });
    expect(await collection.findOne()).toEqual({ _id: 7, kind: 'x', o: { p: 1 }, made: true, count: 1 });
  });

  it('update what is there', async () => {
    const collection = await place.collection<Numbered>({ _id: 7, count: 1 });
    const update = { $setOnInsert: { made: true }, $inc: { count: 1 } };
    await collection.updateOne({ _id: 7 }, update, { upsert: true });
    expect(await collection.findOne()).toEqual({ _id: 7, count: 2 });
  });

  it('replace', async () => {
    const collection = await place.collection<Numbered>();
    await collection.replaceOne({ _id: 1 }, { v: 1 }, { upsert: true });
    await collection.replaceOne({ _id: 1 }, { w: 2 }, { upsert: true });
    expect(await collection.find().toArray()).toEqual([{ _id: 1, w: 2 }]);
  });

  it('meet a duplicate key when the condition excludes what is there', async () => {
    const collection = await place.collection<Numbered>({ _id: 1, version: 5 });
    const write = (version: number) => ({
      updateOne: {
        filter: { _id: 1, version: { $lt: version } },
        update: { $set: { version } },
        upsert: true,
      },
    });
    const fresh = { updateOne: { filter: { _id: 2 }, update: { $set: { version: 1 } }, upsert: true } };
    const error = await errorOf(collection.bulkWrite([write(3), write(9), fresh], { ordered: false }));
    expect(error).toMatchObject({ code: 11000, writeErrors: [{ index: 0, code: 11000 }] });
    expect(await collection.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, version: 9 },
      { _id: 2, version: 1 },
    ]);
  });
}
