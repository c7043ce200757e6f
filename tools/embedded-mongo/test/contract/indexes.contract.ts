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
