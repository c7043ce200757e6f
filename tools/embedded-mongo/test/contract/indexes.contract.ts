import type { Document } from 'mongodb';
import { errorOf } from '../support.js';
import type { Place } from './place.js';

export function indexesContract(place: Place): void {
  it('keep keys unique and name the one that is not', async () => {
    const collection = await place.collection<Document>({ email: 'a' }, { email: 'b' });
    await collection.createIndex({ email: 1 }, { unique: true });
    const expected = { code: 11000, keyPattern: { email: 1 }, keyValue: { email: 'a' } };
    expect(await errorOf(collection.insertOne({ email: 'a' }))).toMatchObject(expected);
    expect(await errorOf(collection.updateOne({ email: 'b' }, { $set: { email: 'a' } }))).toMatchObject(
      expected,
    );
    await collection.deleteOne({ email: 'a' });
    await collection.insertOne({ email: 'a' });
  });

  it('take a missing field for null, unless sparse', async () => {
    const plain = await place.collection<Document>({ n: 1 });
    await plain.createIndex({ key: 1 }, { unique: true });
    expect(await errorOf(plain.insertOne({ n: 2 }))).toMatchObject({ code: 11000 });
    const sparse = await place.collection<Document>({ n: 1 });
    await sparse.createIndex({ key: 1 }, { unique: true, sparse: true });
    await sparse.insertOne({ n: 2 });
    await sparse.insertOne({ key: null });
    expect(await errorOf(sparse.insertOne({ key: null }))).toMatchObject({ code: 11000 });
  });

  it('hold for a part of the documents', async () => {
    const collection = await place.collection<Document>({ slot: 1 }, { slot: 1, active: true });
    await collection.createIndex({ slot: 1 }, { unique: true, partialFilterExpression: { active: true } });
    await collection.insertOne({ slot: 1 });
    expect(await errorOf(collection.insertOne({ slot: 1, active: true }))).toMatchObject({ code: 11000 });
  });

  it.each<[string, Document, Document[], Document[]]>([
    ['{$exists: true}', { k: { $exists: true } }, [{}, {}, { k: 'a' }, { k: 5 }], [{ k: 'a' }, { k: 5 }]],
    [
      "{$type: 'string'}",
      { k: { $type: 'string' } },
      [{}, { k: 5 }, { k: 5 }, { k: null }, { k: 'a' }, { k: { a: 1 } }, { k: { a: 1 } }],
      [{ k: 'a' }],
    ],
  ])('are unique for the part of the documents that %s names', async (_name, partial, accepted, refused) => {
    const collection = await place.collection<Document>();
    await collection.createIndex({ k: 1 }, { unique: true, partialFilterExpression: partial });
    await collection.insertMany(accepted);
    for (const doc of refused) {
      expect(await errorOf(collection.insertOne({ ...doc }))).toMatchObject({
        code: 11000,
        keyPattern: { k: 1 },
      });
    }
    // A document enters the index by an update.
    const { insertedId } = await collection.insertOne({});
    expect(await errorOf(collection.updateOne({ _id: insertedId }, { $set: { k: 'a' } }))).toMatchObject({
      code: 11000,
    });
    await collection.deleteMany({ k: 'a' });
    await collection.updateOne({ _id: insertedId }, [{ $set: { k: 'a' } }]);
    expect((await collection.indexes())[1]).toMatchObject({
      key: { k: 1 },
      unique: true,
      partialFilterExpression: partial,
    });
  });

  it('do not hide documents that a partial or a sparse one leaves out', async () => {
    const collection = await place.collection<Document>({ k: 1 }, { k: 'a' }, {});
    await collection.createIndex(
      { k: 1 },
      { unique: true, partialFilterExpression: { k: { $type: 'string' } } },
    );
    await collection.createIndex({ j: 1 }, { unique: true, sparse: true });
    expect(await collection.countDocuments({ k: 1 })).toBe(1);
    expect(await collection.countDocuments({ k: { $gte: 'a' } })).toBe(1);
    expect(await collection.countDocuments({ k: null })).toBe(1);
    expect(await collection.countDocuments({ j: null })).toBe(3);
    expect(await collection.find().sort({ j: 1 }).toArray()).toHaveLength(3);
  });

  it('with a sparse option cannot be built over duplicates', async () => {
    const collection = await place.collection<Document>({ k: 1 }, { k: 1 }, {}, {});
    const unique = { unique: true, sparse: true };
    expect(await errorOf(collection.createIndex({ k: 1 }, unique))).toMatchObject({
      code: 11000,
      keyPattern: { k: 1 },
      keyValue: { k: 1 },
    });
    await collection.deleteOne({ k: 1 });
    await collection.createIndex({ k: 1 }, unique);
  });

  it.each<[string, Document, Document, number]>([
    ['unique or not', {}, { unique: true }, 86],
    ['sparse or not', { unique: true }, { unique: true, sparse: true }, 86],
    ['of another part', {}, { partialFilterExpression: { k: { $exists: true } } }, 86],
    ['expiring or not', {}, { expireAfterSeconds: 5 }, 85],
    ['expiring otherwise', { expireAfterSeconds: 5 }, { expireAfterSeconds: 6 }, 85],
  ])('of the same keys and name are in conflict: %s', async (_name, first, second, code) => {
    const collection = await place.collection<Document>();
    await collection.createIndex({ k: 1 }, first);
    expect(await errorOf(collection.createIndex({ k: 1 }, second))).toMatchObject({ code });
    expect(await collection.indexes()).toHaveLength(2);
  });

  it('of the same keys with another name may differ in what they hold', async () => {
    const collection = await place.collection<Document>();
    await collection.createIndex({ k: 1 });
    await collection.createIndex({ k: 1 }, { name: 'unique', unique: true });
    await collection.createIndex({ k: 1 }, { name: 'sparse', sparse: true });
    const ttl = collection.createIndex({ k: 1 }, { name: 'ttl', expireAfterSeconds: 5 });
    expect(await errorOf(ttl)).toMatchObject({ code: 85 });
  });

  it('compare by a collation', async () => {
    const collection = await place.collection<Document>({ name: 'Ada' });
    await collection.createIndex({ name: 1 }, { unique: true, collation: { locale: 'en', strength: 2 } });
    expect(await errorOf(collection.insertOne({ name: 'ADA' }))).toMatchObject({ code: 11000 });
  });

  it('hold for every element of an array, but not within one document', async () => {
    const collection = await place.collection<Document>({ tags: ['x', 'x', 'y'] });
    await collection.createIndex({ tags: 1 }, { unique: true });
    expect(await errorOf(collection.insertOne({ tags: ['z', 'y'] }))).toMatchObject({ code: 11000 });
  });

  it('refuse two arrays', async () => {
    const collection = await place.collection<Document>({ a: 1 });
    await collection.createIndex({ a: 1, b: 1 });
    expect(await errorOf(collection.insertOne({ a: [1], b: [2] }))).toMatchObject({ code: 171 });
  });

  it('cannot be built over documents that do not fit', async () => {
    const collection = await place.collection<Document>({ k: 1 }, { k: 1 });
    expect(await errorOf(collection.createIndex({ k: 1 }, { unique: true }))).toMatchObject({ code: 11000 });
    expect(await collection.indexes()).toHaveLength(1);
  });

  it('are made once, listed, told apart and dropped', async () => {
    const collection = await place.collection<Document>({});
    expect(await collection.createIndex({ a: 1, b: -1 })).toBe('a_1_b_-1');
    expect(await collection.createIndex({ a: 1, b: -1 })).toBe('a_1_b_-1');
    expect(await errorOf(collection.createIndex({ a: 1, b: -1 }, { name: 'other' }))).toMatchObject({
      code: 85,
    });
    expect(await errorOf(collection.createIndex({ c: 1 }, { name: 'a_1_b_-1' }))).toMatchObject({ code: 86 });
    expect(await collection.indexExists('a_1_b_-1')).toBe(true);
    await collection.dropIndex('a_1_b_-1');
    expect(await errorOf(collection.dropIndex('a_1_b_-1'))).toMatchObject({ code: 27 });
  });
}
