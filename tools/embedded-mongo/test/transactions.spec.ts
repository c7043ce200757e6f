import { randomUUID } from 'node:crypto';
import type { Collection, MongoClient } from 'mongodb';
import type { EmbeddedMongo } from '../src/index.js';
import { errorOf, eventually, World } from './support.js';

interface Account {
  _id: string;
  balance?: number;
  email?: string;
}

const world = new World();
let server: EmbeddedMongo;
let client: MongoClient;
let accounts: Collection<Account>;
beforeAll(async () => {
  server = await world.server({ transactionLifetimeMs: 1_000 });
  client = await world.client(server);
});
afterAll(() => world.close());
beforeEach(async () => {
  accounts = client.db('tx').collection<Account>(`a${randomUUID()}`);
  await accounts.createIndex({ email: 1 }, { unique: true, sparse: true });
  await accounts.insertMany([
    { _id: 'a', balance: 10 },
    { _id: 'b', balance: 0 },
  ]);
});

const balances = async () =>
  (await accounts.find().sort({ _id: 1 }).toArray()).map((doc) => [doc._id, doc.balance]);

describe('transactions', () => {
  it('happen as a whole or not at all', async () => {
    await client.withSession(async (session) => {
      await session.withTransaction(async () => {
        await accounts.updateOne({ _id: 'a' }, { $inc: { balance: -4 } }, { session });
        await accounts.updateOne({ _id: 'b' }, { $inc: { balance: 4 } }, { session });
        expect(await balances()).toEqual([
          ['a', 10],
          ['b', 0],
        ]);
      });
    });
    expect(await balances()).toEqual([
      ['a', 6],
      ['b', 4],
    ]);
    await client.withSession(async (session) => {
      session.startTransaction();
      await accounts.deleteMany({}, { session });
      expect(await accounts.countDocuments({}, { session })).toBe(0);
      await session.abortTransaction();
    });
    expect(await balances()).toEqual([
      ['a', 6],
      ['b', 4],
    ]);
  });

  it('read the state of their start, by index too', async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      expect(await accounts.findOne({ _id: 'a' }, { session })).toMatchObject({ balance: 10 });
      await accounts.updateOne({ _id: 'a' }, { $set: { balance: 99, email: 'new' } });
      await accounts.insertOne({ _id: 'c', email: 'c' });
      await accounts.deleteOne({ _id: 'b' });
      const seen = await accounts.find({}, { session, sort: { _id: -1 } }).toArray();
      expect(seen.map((doc) => [doc._id, doc.balance])).toEqual([
        ['b', 0],
        ['a', 10],
      ]);
      expect(await accounts.find({ email: { $gte: '' } }, { session }).toArray()).toEqual([]);
      await session.abortTransaction();
    });
  });

  it('conflict when they write the same document or unique key', async () => {
    await client.withSession((one) =>
      client.withSession(async (two) => {
        one.startTransaction();
        two.startTransaction();
        await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session: one });
        const error = await errorOf(
          accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session: two }),
        );
        expect(error).toMatchObject({ code: 112 });
        expect(
          (error as unknown as { hasErrorLabel(label: string): boolean }).hasErrorLabel(
            'TransientTransactionError',
          ),
        ).toBe(true);
        await two.abortTransaction();
        two.startTransaction();
        await accounts.insertOne({ _id: 'x', email: 'same' }, { session: one });
        expect(
          await errorOf(accounts.insertOne({ _id: 'y', email: 'same' }, { session: two })),
        ).toMatchObject({ code: 112 });
        await two.abortTransaction();
        await one.commitTransaction();
      }),
    );
  });

  it('conflict with a write that came between their start and their own', async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      await accounts.findOne({}, { session });
      await accounts.updateOne({ _id: 'a' }, { $set: { balance: 1 } });
      expect(
        await errorOf(accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session })),
      ).toMatchObject({ code: 112 });
      await session.abortTransaction();
    });
  });

  it('hold up plain writes to what they have written, which then see their outcome', async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session });
      let done = false;
      const plain = accounts.bulkWrite([
        { updateOne: { filter: { _id: 'b' }, update: { $inc: { balance: 100 } } } },
        { updateOne: { filter: { _id: 'a' }, update: { $inc: { balance: 100 } } } },
      ]);
      void plain.then(() => (done = true));
      await accounts.insertOne({ _id: 'other' });
      expect(done).toBe(false);
      expect(await accounts.findOne({ _id: 'b' })).toMatchObject({ balance: 0 });
      await session.commitTransaction();
      await plain;
    });
    expect(await balances()).toEqual([
      ['a', 111],
      ['b', 100],
      ['other', undefined],
    ]);
  });

  it('give up waiting for a transaction after maxTimeMS', async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session });
      const command = {
        update: accounts.collectionName,
        updates: [{ q: { _id: 'a' }, u: { $set: { balance: 0 } } }],
        maxTimeMS: 50,
      };
      expect(await errorOf(client.db('tx').command(command))).toMatchObject({ code: 50 });
      await session.abortTransaction();
    });
  });

  it('are aborted when they last too long', async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      await accounts.updateOne({ _id: 'a' }, { $set: { balance: -1 } }, { session });
      await accounts.updateOne({ _id: 'a' }, { $set: { balance: 7 } });
      expect(await errorOf(accounts.findOne({}, { session }))).toMatchObject({ code: 251 });
      await session.abortTransaction();
    });
    expect(await balances()).toEqual([
      ['a', 7],
      ['b', 0],
    ]);
  });

  it('create collections and indexes that nobody sees before the commit', async () => {
    const db = client.db('tx');
    const name = `new${randomUUID()}`;
    await client.withSession(async (session) => {
      session.startTransaction();
      await db.createCollection(name, { session });
      await db.collection(name).createIndex({ k: 1 }, { unique: true, session });
      await db.collection(name).insertOne({ k: 1 }, { session });
      expect(await errorOf(db.collection(name).insertOne({ k: 1 }, { session }))).toMatchObject({
        code: 11000,
      });
      await session.abortTransaction();
      expect(await db.listCollections({ name }).toArray()).toEqual([]);
      session.startTransaction();
      await db.collection(name).insertOne({ k: 1 }, { session });
      await session.commitTransaction();
    });
    expect(await db.collection(name).countDocuments()).toBe(1);
  });

  it('keep their sum under many concurrent transfers', async () => {
    const ids = Array.from({ length: 5 }, (_, i) => `t${i}`);
    await accounts.insertMany(ids.map((_id) => ({ _id, balance: 100 })));
    const transfer = (i: number) =>
      client.withSession((session) =>
        session.withTransaction(async () => {
          const [from, to] = [ids[i % 5] ?? '', ids[(i * 3 + 1) % 5] ?? ''];
          await accounts.updateOne({ _id: from }, { $inc: { balance: -1 } }, { session });
          await accounts.updateOne({ _id: to }, { $inc: { balance: 1 } }, { session });
        }),
      );
    await Promise.all(Array.from({ length: 30 }, (_, i) => transfer(i)));
    const total = await eventually(async () => {
      const docs = await accounts.find({ _id: { $in: ids } }).toArray();
      return docs.reduce((sum, doc) => sum + (doc.balance ?? 0), 0);
    });
    expect(total).toBe(500);
  });
});
