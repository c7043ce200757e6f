import { Long, UUID, type Collection, type Document, type MongoClient } from 'mongodb';
import { startEmbeddedMongo } from '../src/index.js';
import { errorOf, World } from './support.js';

const world = new World();
let client: MongoClient;
let counter = 0;
beforeAll(async () => {
  client = await world.client(await world.server());
});
afterAll(() => world.close());

const fresh = <T extends Document = Document>(): Collection<T> =>
  client.db('crud').collection<T>(`c${++counter}`);

describe('handshake', () => {
  it('says what it is: a one-member replica set of MongoDB 7.0, not for production', async () => {
    const admin = client.db('admin');
    expect(await admin.command({ hello: 1 })).toMatchObject({
      setName: 'rs0',
      maxWireVersion: 21,
      isWritablePrimary: true,
    });
    expect(await admin.command({ buildInfo: 1 })).toMatchObject({
      version: '7.0.0',
      notice: expect.stringContaining('never for production') as string,
    });
  });

  it('gives every reply a cluster time', async () => {
    const reply = await client.db('admin').command({ ping: 1 });
    expect(reply.operationTime).toEqual((reply.$clusterTime as Document).clusterTime);
  });

  it('listens on loopback addresses only', async () => {
    expect((await errorOf(startEmbeddedMongo({ host: '0.0.0.0' }))).message).toContain(
      'loopback addresses only',
    );
  });
});

describe('documents', () => {
  it('come back as they were stored', async () => {
    const collection = fresh<{ _id: UUID }>();
    const doc = {
      _id: new UUID(),
      int64: Long.fromString('9007199254740993'),
      half: 1.5,
      date: new Date(1),
      list: [null, { deep: [true] }],
      text: 'ä€😀',
    };
    await collection.insertOne(doc);
    expect(await collection.findOne({ _id: doc._id }, { promoteLongs: false })).toEqual(doc);
  });

  it('are updated, replaced, upserted and deleted', async () => {
    const collection = fresh<{ _id: number; n?: number; tags?: string[] }>();
    await collection.insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 2 },
      { _id: 3, n: 3 },
    ]);
    expect(await collection.updateMany({ n: { $gte: 2 } }, { $inc: { n: 10 } })).toMatchObject({
      matchedCount: 2,
      modifiedCount: 2,
    });
    expect(await collection.updateOne({ _id: 1 }, { $set: { n: 1 } })).toMatchObject({
      matchedCount: 1,
      modifiedCount: 0,
    });
    expect(await collection.replaceOne({ _id: 1 }, { tags: ['a'] })).toMatchObject({ modifiedCount: 1 });
    expect(
      await collection.updateOne({ _id: 9 }, { $setOnInsert: { n: 9 } }, { upsert: true }),
    ).toMatchObject({ upsertedId: 9 });
    expect(await collection.deleteMany({ n: { $gt: 12 } })).toMatchObject({ deletedCount: 1 });
    expect(await collection.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, tags: ['a'] },
      { _id: 2, n: 12 },
      { _id: 9, n: 9 },
    ]);
    expect(
      await collection.findOneAndUpdate({ _id: 9 }, { $push: { tags: 'x' } }, { returnDocument: 'after' }),
    ).toEqual({
      _id: 9,
      n: 9,
      tags: ['x'],
    });
  });

  it('are read page by page, in many batches, counted and told apart', async () => {
    const collection = fresh<{ _id: number; group: number }>();
    await collection.insertMany(Array.from({ length: 1_000 }, (_, i) => ({ _id: i, group: i % 7 })));
    const page = await collection
      .find({ _id: { $gt: 499 } })
      .sort({ _id: 1 })
      .limit(3)
      .toArray();
    expect(page.map((doc) => doc._id)).toEqual([500, 501, 502]);
    expect(await collection.find({}, { batchSize: 33 }).toArray()).toHaveLength(1_000);
    expect(await collection.countDocuments({ group: 3 })).toBe(143);
    expect((await collection.distinct('group')).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('larger than a batch or a document may be', async () => {
    const collection = fresh<{ _id: number; text: string }>();
    const text = 'x'.repeat(6_000_000);
    for (const _id of [1, 2, 3, 4]) await collection.insertOne({ _id, text });
    expect((await collection.find().toArray()).map((doc) => doc.text.length)).toEqual(
      Array(4).fill(6_000_000),
    );
    const error = await errorOf(collection.updateOne({ _id: 1 }, [{ $set: { a: '$text', b: '$text' } }]));
    expect(error).toMatchObject({ code: 10334 });
  });
});

describe('indexes', () => {
  it('keep unique keys unique, also for sparse and partial ones and with a collation', async () => {
    const collection = fresh();
    await collection.createIndex({ email: 1 }, { unique: true, collation: { locale: 'en', strength: 2 } });
    await collection.createIndex({ code: 1 }, { unique: true, sparse: true });
    await collection.createIndex({ slot: 1 }, { unique: true, partialFilterExpression: { active: true } });
    await collection.insertMany([
      { email: 'A@x' },
      { email: 'b@x', slot: 1 },
      { email: 'c@x', slot: 1, active: true },
    ]);
    for (const doc of [{ email: 'a@X' }, { email: 'd@x', slot: 1, active: true }]) {
      expect(await errorOf(collection.insertOne(doc))).toMatchObject({ code: 11000 });
    }
    const error = await errorOf(collection.updateOne({ email: 'b@x' }, { $set: { active: true } }));
    expect(error).toMatchObject({ code: 11000, keyPattern: { slot: 1 }, keyValue: { slot: 1 } });
    await collection.insertOne({ email: 'd@x', slot: 1 });
  });

  it('cannot be built over documents that do not fit', async () => {
    const collection = fresh();
    await collection.insertMany([{ k: 1 }, { k: 1 }]);
    expect(await errorOf(collection.createIndex({ k: 1 }, { unique: true }))).toMatchObject({ code: 11000 });
    expect((await collection.indexes()).map((index) => index.name)).toEqual(['_id_']);
  });

  it('refuse two arrays in one key, and stay whole', async () => {
    const collection = fresh<{ _id: number; a: unknown; b: unknown }>();
    await collection.createIndex({ a: 1 });
    await collection.createIndex({ a: 1, b: 1 });
    expect(await errorOf(collection.insertOne({ _id: 1, a: [1], b: [2] }))).toMatchObject({ code: 171 });
    await collection.insertOne({ _id: 1, a: [1], b: 2 });
    expect(await errorOf(collection.updateOne({ _id: 1 }, { $set: { b: [2] } }))).toMatchObject({
      code: 171,
    });
    expect(await collection.find({ a: 1 }).toArray()).toEqual([{ _id: 1, a: [1], b: 2 }]);
  });

  it('are created once, listed and dropped', async () => {
    const collection = fresh();
    expect(await collection.createIndex({ a: 1, b: -1 })).toBe('a_1_b_-1');
    expect(await collection.createIndex({ a: 1, b: -1 })).toBe('a_1_b_-1');
    expect(await errorOf(collection.createIndex({ a: 1, b: -1 }, { name: 'other' }))).toMatchObject({
      code: 85,
    });
    expect(await collection.indexExists('a_1_b_-1')).toBe(true);
    await collection.dropIndex('a_1_b_-1');
    expect(await collection.indexes()).toHaveLength(1);
  });

  it('expire documents', async () => {
    let now = Date.parse('2026-01-01');
    const server = await world.server({ nowMs: () => now });
    const collection = (await world.client(server)).db('d').collection('ttl');
    await collection.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    await collection.insertMany([
      { at: new Date(now) },
      { at: [new Date(now + 9e6), new Date(now)] },
      { at: 5 },
      {},
    ]);
    expect(await server.expireNow()).toBe(0);
    now += 61_000;
    expect(await server.expireNow()).toBe(2);
    expect(await collection.countDocuments()).toBe(2);
  });
});

describe('refusals', () => {
  it.each<[string, Document, number]>([
    ['an unknown command', { frobnicate: 1 }, 59],
    ['a known command that is not there', { mapReduce: 'c' }, 238],
    ['an unknown field', { ping: 1, loud: true }, 40415],
    ['views', { create: 'v', viewOn: 'c' }, 238],
    ['capped collections', { create: 'v', capped: true, size: 1 }, 238],
    ['text indexes', { createIndexes: 'c', indexes: [{ key: { t: 'text' }, name: 't' }] }, 238],
    ['tailable cursors', { find: 'c', tailable: true }, 238],
    ['bad names', { create: 'a$b' }, 73],
    ['unknown fail points', { configureFailPoint: 'hangAfterSomething', mode: 'alwaysOn' }, 238],
  ])('%s', async (_, command, code) => {
    const db = 'configureFailPoint' in command ? 'admin' : 'crud';
    expect(await errorOf(client.db(db).command(command))).toMatchObject({ code });
  });
});

describe('collections', () => {
  it('are created, renamed, listed and dropped', async () => {
    const db = client.db('ddl');
    await db.createCollection('a', { validator: { n: { $gt: 0 } } });
    expect(await errorOf(db.createCollection('a'))).toMatchObject({ code: 48 });
    expect(await errorOf(db.collection('a').insertOne({ n: 0 }))).toMatchObject({ code: 121 });
    await db.collection('a').rename('b');
    await db.collection('z').insertOne({});
    expect((await db.listCollections().toArray()).map(({ name }) => name).sort()).toEqual(['b', 'z']);
    await db.dropDatabase();
    expect(await db.listCollections().toArray()).toEqual([]);
  });

  it('take the result of a pipeline', async () => {
    const source = fresh();
    const target = fresh();
    await source.insertMany([
      { _id: 1 as never, n: 1 },
      { _id: 2 as never, n: 2 },
    ]);
    await target.insertMany([{ _id: 1 as never, kept: true }, { _id: 7 as never }]);
    await source.aggregate([{ $merge: { into: target.collectionName } }]).toArray();
    expect(await target.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, kept: true, n: 1 },
      { _id: 2, n: 2 },
      { _id: 7 },
    ]);
    await source.aggregate([{ $match: { n: 2 } }, { $out: target.collectionName }]).toArray();
    expect(await target.find().toArray()).toEqual([{ _id: 2, n: 2 }]);
  });
});
