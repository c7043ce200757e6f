import { Binary, BSONRegExp, Decimal128, Long, MaxKey, MinKey, ObjectId, Timestamp, UUID } from 'mongodb';
import { errorOf } from '../support.js';
import type { Place } from './place.js';

interface Counter {
  _id: number;
  n?: number;
  group?: string;
}

export function writesContract(place: Place): void {
  it('keep every type of value', async () => {
    const doc = {
      _id: new UUID(),
      objectId: new ObjectId(),
      int64: Long.fromString('-9223372036854775808'),
      decimal: Decimal128.fromString('1.10'),
      date: new Date(-1),
      bytes: new Binary(Buffer.from([0, 255])),
      pattern: new BSONRegExp('^a', 'im'),
      timestamp: new Timestamp({ t: 1, i: 2 }),
      least: new MinKey(),
      greatest: new MaxKey(),
      nothing: null,
      nested: { list: [[], {}, [{ deep: 'ä€😀' }]], truth: true, half: 0.5 },
    };
    const collection = await place.collection<typeof doc>(doc);
    const found = await collection.findOne({ _id: doc._id }, { promoteLongs: false, bsonRegExp: true });
    expect(found).toEqual(doc);
    expect(Object.keys(found ?? {})).toEqual(Object.keys(doc));
  });

  it('stop at the first error when ordered, and go on when not', async () => {
    const documents = [{ _id: 1 }, { _id: 1 }, { _id: 2 }];
    const ordered = await place.collection<Counter>();
    expect(await errorOf(ordered.insertMany(documents))).toMatchObject({
      code: 11000,
      writeErrors: [{ index: 1 }],
    });
    expect(await ordered.distinct('_id')).toEqual([1]);
    const unordered = await place.collection<Counter>();
    await errorOf(unordered.insertMany(documents, { ordered: false }));
    expect(await unordered.distinct('_id')).toEqual([1, 2]);
  });

  it('update and delete one or all', async () => {
    const collection = await place.collection<Counter>(...[1, 2, 3, 4].map((_id) => ({ _id, n: 1 })));
    expect(await collection.updateMany({ _id: { $gt: 1 } }, { $inc: { n: 1 } })).toMatchObject({
      modifiedCount: 3,
    });
    expect(await collection.deleteOne({ n: 2 })).toMatchObject({ deletedCount: 1 });
    expect(await collection.deleteMany({ n: 2 })).toMatchObject({ deletedCount: 2 });
    expect(await collection.find().toArray()).toEqual([{ _id: 1, n: 1 }]);
  });

  it('find one and change it, as it was or as it is', async () => {
    const collection = await place.collection<Counter>({ _id: 1, n: 1 }, { _id: 2, n: 2 });
    const latest = { sort: { n: -1 } } as const;
    expect(await collection.findOneAndUpdate({}, { $inc: { n: 5 } }, latest)).toEqual({ _id: 2, n: 2 });
    const after = { ...latest, returnDocument: 'after', projection: { n: 1, _id: 0 } } as const;
    expect(await collection.findOneAndUpdate({}, { $inc: { n: 5 } }, after)).toEqual({ n: 12 });
    expect(await collection.findOneAndReplace({ _id: 1 }, { group: 'g' })).toEqual({ _id: 1, n: 1 });
    expect(await collection.findOneAndDelete({ _id: 2 })).toEqual({ _id: 2, n: 12 });
    expect(await collection.findOneAndDelete({ _id: 2 })).toBeNull();
    const options = { upsert: true, includeResultMetadata: true } as const;
    const upserted = await collection.findOneAndUpdate({ _id: 9 }, { $set: { n: 9 } }, options);
    expect(upserted).toMatchObject({ value: null, lastErrorObject: { updatedExisting: false, upserted: 9 } });
  });

  it('are exactly once each under contention', async () => {
    const collection = await place.collection<Counter>({ _id: 1, n: 0 });
    const increments = Array.from({ length: 100 }, () =>
      collection.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { returnDocument: 'after' }),
    );
    const seen = (await Promise.all(increments)).map((doc) => doc?.n ?? 0).sort((a, b) => a - b);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  it('go by validators', async () => {
    const collection = await place.collection<Counter>({ _id: 1, n: 1 });
    await place.db.command({ collMod: collection.collectionName, validator: { n: { $gte: 0 } } });
    expect(await errorOf(collection.updateOne({ _id: 1 }, { $inc: { n: -5 } }))).toMatchObject({ code: 121 });
    await collection.updateOne({ _id: 1 }, { $inc: { n: -5 } }, { bypassDocumentValidation: true });
    expect(await collection.findOne()).toEqual({ _id: 1, n: -4 });
  });

  it('larger than 16 MB are refused', async () => {
    const collection = await place.collection<{ _id: number; text: string }>({
      _id: 1,
      text: 'x'.repeat(9_000_000),
    });
    const doubled = collection.updateOne({ _id: 1 }, [{ $set: { more: '$text' } }]);
    expect(await errorOf(doubled)).toMatchObject({ code: expect.any(Number) as number });
    expect(await collection.countDocuments({ more: { $exists: true } })).toBe(0);
  });
}
