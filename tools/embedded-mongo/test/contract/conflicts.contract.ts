import type { ClientSession, Collection, Document, MongoServerError } from 'mongodb';
import { errorOf } from '../support.js';
import type { Place } from './place.js';

interface Doc extends Document {
  _id: number | string;
}

const TRANSIENT = 'TransientTransactionError';
const labelsOf = (error: Error): string[] => [...((error as MongoServerError).errorLabels ?? [])];

/** What the protocol builds on: a tombstone in one collection, the document in another. */
export function conflictsContract(place: Place): void {
  let users: Collection<Doc>;
  let tombstones: Collection<Doc>;
  beforeEach(async () => {
    users = await place.collection<Doc>({ _id: 1, email: 'a', version: 1 });
    await users.createIndex({ email: 1 }, { unique: true });
    tombstones = await place.collection<Doc>();
  });

  /** Two sessions with a transaction each, in which both have read: their snapshots are taken. */
  async function two(run: (one: ClientSession, other: ClientSession) => Promise<void>): Promise<void> {
    await place.client.withSession((one) =>
      place.client.withSession(async (other) => {
        for (const session of [one, other]) {
          session.startTransaction();
          await users.findOne({ _id: 0 }, { session });
        }
        await run(one, other);
        for (const session of [one, other]) if (session.inTransaction()) await session.abortTransaction();
      }),
    );
  }

  async function expectConflict(write: Promise<unknown>): Promise<void> {
    const error = await errorOf(write);
    expect(error).toMatchObject({ code: 112 });
    expect(labelsOf(error)).toContain(TRANSIENT);
  }

  async function expectDuplicate(write: Promise<unknown>): Promise<void> {
    const error = await errorOf(write);
    expect(error).toMatchObject({ code: 11000, keyValue: { email: 'a' } });
    expect(labelsOf(error)).not.toContain(TRANSIENT);
  }

  const bury = (session: ClientSession, key: string) =>
    tombstones.updateOne(
      { _id: key },
      [{ $set: { version: { $add: [{ $ifNull: ['$version', 0] }, 2] }, purgeAt: '$$NOW' } }],
      { upsert: true, session },
    );

  it('a delete in one collection and an upsert in another are one', async () => {
    await place.client.withSession(async (session) => {
      session.startTransaction();
      expect(await users.deleteOne({ _id: 1, version: { $lt: 2 } }, { session })).toMatchObject({
        deletedCount: 1,
      });
      expect(await bury(session, 'a')).toMatchObject({ upsertedCount: 1, upsertedId: 'a' });
      expect(await users.countDocuments({})).toBe(1);
      expect(await tombstones.countDocuments({})).toBe(0);
      expect(await tombstones.findOne({ _id: 'a' }, { session })).toMatchObject({ version: 2 });
      await session.commitTransaction();
    });
    expect(await users.countDocuments({})).toBe(0);
    expect(await tombstones.findOne()).toMatchObject({ _id: 'a', version: 2 });
  });

  it('what is inserted and deleted in one transaction was never there', async () => {
    await place.client.withSession(async (session) => {
      session.startTransaction();
      await users.insertOne({ _id: 2, email: 'b' }, { session });
      await users.deleteOne({ _id: 2 }, { session });
      await users.deleteOne({ _id: 1 }, { session });
      await users.insertOne({ _id: 1, email: 'b' }, { session });
      await users.insertOne({ _id: 3, email: 'a' }, { session });
      await session.commitTransaction();
    });
    expect(await users.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, email: 'b' },
      { _id: 3, email: 'a' },
    ]);
    expect(await users.countDocuments({ email: 'a' })).toBe(1);
  });

  it('findOneAnd… work with pipelines and upserts, and are undone with their transaction', async () => {
    await place.client.withSession(async (session) => {
      session.startTransaction();
      const pipeline = [{ $set: { version: { $add: [{ $ifNull: ['$version', 0] }, 1] } } }];
      const after = { session, upsert: true, returnDocument: 'after' } as const;
      expect(await users.findOneAndUpdate({ _id: 1 }, pipeline, after)).toMatchObject({ version: 2 });
      expect(await users.findOneAndUpdate({ _id: 2, email: 'b' }, pipeline, after)).toEqual({
        _id: 2,
        email: 'b',
        version: 1,
      });
      expect(await users.findOneAndDelete({ email: 'a' }, { session })).toMatchObject({ _id: 1, version: 2 });
      expect(await users.findOneAndDelete({ email: 'a' }, { session })).toBeNull();
      await session.abortTransaction();
    });
    expect(await users.find().toArray()).toEqual([{ _id: 1, email: 'a', version: 1 }]);
  });

  it.each<[string, (session: ClientSession) => Promise<unknown>]>([
    ['update', (session) => users.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session })],
    ['delete', (session) => users.deleteOne({ _id: 1 }, { session })],
    ['find and delete', (session) => users.findOneAndDelete({ email: 'a' }, { session })],
    [
      'upsert',
      (session) => users.updateOne({ _id: 9, email: 'z' }, [{ $set: { n: 1 } }], { session, upsert: true }),
    ],
    ['insert', (session) => users.insertOne({ _id: 7, email: 'y' }, { session })],
  ])('two transactions that %s the same conflict at once', async (_name, write) => {
    await two(async (one, other) => {
      await write(one);
      await expectConflict(write(other));
      await one.commitTransaction();
    });
  });

  it('a write conflicts with one that was committed since the snapshot', async () => {
    await two(async (one, other) => {
      await users.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: one });
      await one.commitTransaction();
      await expectConflict(users.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: other }));
    });
    expect(await users.findOne()).toMatchObject({ n: 1 });
  });

  it('a plain write since the snapshot conflicts as well', async () => {
    await two(async (one) => {
      await users.updateOne({ _id: 1 }, { $inc: { n: 1 } });
      await expectConflict(users.deleteOne({ _id: 1 }, { session: one }));
    });
  });

  it('a unique key that an open transaction inserts is taken', async () => {
    await two(async (one, other) => {
      await users.insertOne({ _id: 2, email: 'b' }, { session: one });
      await expectConflict(users.insertOne({ _id: 3, email: 'b' }, { session: other }));
      await one.commitTransaction();
    });
  });

  it('a unique key that an open transaction gives up is taken still: a duplicate, no conflict', async () => {
    await two(async (one, other) => {
      await users.deleteOne({ _id: 1 }, { session: one });
      await expectDuplicate(users.insertOne({ _id: 2, email: 'a' }, { session: other }));
      await expectDuplicate(users.insertOne({ _id: 3, email: 'a' }));
      await one.commitTransaction();
    });
    expect(await users.countDocuments({})).toBe(0);
  });

  it('a unique key inserted since the snapshot', async () => {
    await two(async (one) => {
      await users.insertOne({ _id: 2, email: 'b' });
      await expectConflict(users.insertOne({ _id: 3, email: 'b' }, { session: one }));
    });
  });

  it('a unique key given up since the snapshot is a duplicate, as the snapshot has it', async () => {
    await two(async (one) => {
      await users.deleteOne({ _id: 1 });
      await expectDuplicate(users.insertOne({ _id: 3, email: 'a' }, { session: one }));
    });
  });

  it('a unique key given up and taken again since the snapshot is a conflict', async () => {
    await two(async (one) => {
      await users.deleteOne({ _id: 1 });
      await users.insertOne({ _id: 2, email: 'a' });
      await expectConflict(users.insertOne({ _id: 3, email: 'a' }, { session: one }));
    });
  });

  it('a unique key taken and given up again since the snapshot is a conflict', async () => {
    await two(async (one) => {
      await users.insertOne({ _id: 2, email: 'b' });
      await users.deleteOne({ _id: 2 });
      await expectConflict(users.insertOne({ _id: 3, email: 'b' }, { session: one }));
    });
  });

  it('an id given up since the snapshot is a conflict', async () => {
    await two(async (one, other) => {
      await users.deleteOne({ _id: 1 }, { session: other });
      await expectConflict(users.insertOne({ _id: 1, email: 'c' }, { session: one }));
      await other.commitTransaction();
    });
    await two(async (one) => {
      await users.insertOne({ _id: 1, email: 'a' });
      await users.deleteOne({ _id: 1 });
      await expectConflict(users.insertOne({ _id: 1, email: 'c' }, { session: one }));
    });
  });

  it('an update that leaves a unique key alone does not make it a conflict', async () => {
    await two(async (one) => {
      await users.updateOne({ _id: 1 }, { $inc: { version: 1 } });
      await expectDuplicate(users.insertOne({ _id: 3, email: 'a' }, { session: one }));
    });
  });

  it('a unique key that was taken before is a duplicate, not a conflict', async () => {
    await two(async (one) => {
      await expectDuplicate(users.insertOne({ _id: 2, email: 'a' }, { session: one }));
      expect(await errorOf(users.findOne({}, { session: one }))).toMatchObject({ code: 251 });
    });
  });

  it('transactions that only read do not conflict, and may both have seen nothing', async () => {
    await two(async (one, other) => {
      await tombstones.findOne({ _id: 'a' }, { session: one });
      await users.insertOne({ _id: 2, email: 'b' }, { session: one });
      await bury(other, 'b');
      await one.commitTransaction();
      await other.commitTransaction();
    });
    expect(await users.countDocuments({})).toBe(2);
    expect(await tombstones.countDocuments({})).toBe(1);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['an update of its document', () => users.updateOne({ _id: 1 }, { $inc: { version: 10 } })],
    ['an insert of its unique key', () => users.insertOne({ _id: 5, email: 'b' })],
  ])('a plain write waits for the transaction: %s', async (_name, write) => {
    await two(async (one) => {
      await users.updateOne({ _id: 1 }, { $set: { version: 5, email: 'b' } }, { session: one });
      let done = false;
      const waiting = write().then(
        () => (done = true),
        (error: unknown) => {
          done = true;
          return error;
        },
      );
      for (let i = 0; i < 5; i++) await users.findOne({ _id: 1 });
      expect(done).toBe(false);
      await one.commitTransaction();
      await waiting;
    });
    // The update came after the transaction; the insert met a duplicate key.
    expect(await users.find().toArray()).toEqual([
      { _id: 1, email: 'b', version: expect.any(Number) as number },
    ]);
  });

  it('a batch in which one document conflicts leaves no trace', async () => {
    await two(async (one, other) => {
      await users.updateOne({ _id: 1 }, { $set: { email: 'x' } }, { session: one });
      await expectConflict(
        users.bulkWrite(
          [
            { insertOne: { document: { _id: 8, email: 'h' } } },
            { insertOne: { document: { _id: 9, email: 'x' } } },
          ],
          { session: other, ordered: false },
        ),
      );
      expect(await errorOf(users.findOne({}, { session: other }))).toMatchObject({ code: 251 });
      await one.commitTransaction();
    });
    expect(await users.countDocuments({})).toBe(1);
  });

  it('deletes and creates of one key, all at once, leave a document or its tombstone', async () => {
    const create = (session: ClientSession, n: number) =>
      users.updateOne({ email: 'k' }, { $setOnInsert: { _id: `k${n}` } }, { session, upsert: true });
    const remove = async (session: ClientSession) => {
      const { deletedCount } = await users.deleteOne({ email: 'k' }, { session });
      if (deletedCount > 0) await bury(session, 'k');
    };
    await Promise.all(
      Array.from({ length: 16 }, (_, n) =>
        place.client.withSession((session) =>
          session.withTransaction(async () => {
            if (n % 2 === 1) return remove(session);
            const { upsertedCount } = await create(session, n);
            if (upsertedCount > 0) {
              await tombstones.updateOne({ _id: 'made' }, { $inc: { n: 1 } }, { session, upsert: true });
            }
          }),
        ),
      ),
    );
    const created = ((await tombstones.findOne({ _id: 'made' }))?.n as number | undefined) ?? 0;
    const buried = ((await tombstones.findOne({ _id: 'k' }))?.version as number | undefined) ?? 0;
    expect(await users.countDocuments({ email: 'k' })).toBe(created - buried / 2);
  }, 30_000);
}
