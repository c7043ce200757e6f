import type { Timestamp } from 'mongodb';
import { createConnection, Schema, type Connection } from 'mongoose';
import { errorOf, World } from './support.js';

interface User {
  email: string;
  name: string;
  version: number;
  purgeAt?: Date;
}

const world = new World();
let connection: Connection;
beforeAll(async () => {
  connection = await createConnection((await world.server()).uri, { dbName: 'models' }).asPromise();
});
afterAll(async () => {
  await connection.close();
  await world.close();
});

const schema = new Schema<User>({
  email: { type: String, required: true, unique: true },
  name: String,
  version: Number,
  purgeAt: { type: Date, expires: 0 },
});

describe('mongoose', () => {
  it('builds its models, saves, finds and counts', async () => {
    const Users = connection.model('User', schema);
    await Users.init();
    const indexes = await Users.collection.indexes();
    expect(
      indexes.map(({ key, unique, expireAfterSeconds }) => ({ key, unique, expireAfterSeconds })),
    ).toEqual([
      { key: { _id: 1 }, unique: undefined, expireAfterSeconds: undefined },
      { key: { email: 1 }, unique: true, expireAfterSeconds: undefined },
      { key: { purgeAt: 1 }, unique: undefined, expireAfterSeconds: 0 },
    ]);
    await Users.create({ email: 'a@x', name: 'A', version: 1 });
    expect(await errorOf(Users.create({ email: 'a@x', name: 'B', version: 1 }))).toMatchObject({
      code: 11000,
    });
    expect(await Users.findOne({ email: 'a@x' }).lean()).toMatchObject({ name: 'A' });
    expect(await Users.estimatedDocumentCount()).toBe(1);
  });

  it('assigns versions within the store: pipeline upserts with $$NOW never go back', async () => {
    const Users = connection.model('Versioned', schema.clone());
    await Users.init();
    const next = {
      $max: [{ $multiply: [{ $toDouble: '$$NOW' }, 1024] }, { $add: [{ $ifNull: ['$version', 0] }, 1] }],
    };
    const bump = (name: string) =>
      Users.findOneAndUpdate({ email: 'v@x' }, [{ $set: { name: { $literal: name }, version: next } }], {
        upsert: true,
        updatePipeline: true,
        returnDocument: 'after',
      }).lean();
    const results = await Promise.all(Array.from({ length: 100 }, (_, i) => bump(`$name ${i}`)));
    const versions = results.map((doc) => doc?.version ?? 0);
    expect(new Set(versions).size).toBe(100);
    expect(Math.min(...versions)).toBeGreaterThan(Date.parse('2020-01-01') * 1024);
    expect(await Users.countDocuments({ email: 'v@x' })).toBe(1);
    expect(results[0]?.name).toBe('$name 0');
  });

  it('runs transactions and watches', async () => {
    const Users = connection.model('Watched', schema.clone());
    await Users.init();
    const { operationTime } = await connection.db!.command({ ping: 1 });
    const stream = Users.watch([], { startAtOperationTime: operationTime as Timestamp });
    await connection.transaction(async (session) => {
      await Users.create([{ email: 't@x', name: 'T', version: 1 }], { session });
      await Users.updateOne({ email: 't@x' }, { name: 'T2' }, { session });
    });
    expect(await stream.next()).toMatchObject({ operationType: 'insert', fullDocument: { email: 't@x' } });
    expect(await stream.next()).toMatchObject({
      operationType: 'update',
      updateDescription: { updatedFields: { name: 'T2' } },
    });
    await stream.close();
  });
});
