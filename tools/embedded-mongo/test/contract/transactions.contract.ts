import type { ClientSession, Collection } from 'mongodb';
import { errorOf } from '../support.js';
import type { Place } from './place.js';

interface Account {
  _id: string;
  balance: number;
}

export function transactionsContract(place: Place): void {
  let accounts: Collection<Account>;
  beforeEach(async () => {
    accounts = await place.collection<Account>({ _id: 'a', balance: 10 }, { _id: 'b', balance: 0 });
  });

  const balances = async () =>
    (await accounts.find().sort({ _id: 1 }).toArray()).map(({ balance }) => balance);

  async function transfer(amount: number, session: ClientSession): Promise<void> {
    await accounts.updateOne({ _id: 'a' }, { $inc: { balance: -amount } }, { session });
    await accounts.updateOne({ _id: 'b' }, { $inc: { balance: amount } }, { session });
  }

  it('happen as a whole', async () => {
    await place.client.withSession((session) =>
      session.withTransaction(async () => {
        await transfer(4, session);
        expect(await balances()).toEqual([10, 0]);
        expect(await accounts.findOne({ _id: 'b' }, { session })).toMatchObject({ balance: 4 });
      }),
    );
    expect(await balances()).toEqual([6, 4]);
  });

  it('happen not at all when aborted, or when something in them fails', async () => {
    await place.client.withSession(async (session) => {
      session.startTransaction();
      await transfer(4, session);
      await session.abortTransaction();
      session.startTransaction();
      await transfer(4, session);
      expect(await errorOf(accounts.insertOne({ _id: 'a', balance: 0 }, { session }))).toMatchObject({
        code: 11000,
      });
      expect(await errorOf(accounts.findOne({}, { session }))).toMatchObject({ code: 251 });
      await session.abortTransaction();
    });
    expect(await balances()).toEqual([10, 0]);
  });

  it('read the data as of their start', async () => {
    await place.client.withSession(async (session) => {
      session.startTransaction({ readConcern: { level: 'snapshot' } });
      await accounts.findOne({ _id: 'a' }, { session });
      await accounts.updateOne({ _id: 'b' }, { $set: { balance: 99 } });
      await accounts.insertOne({ _id: 'c', balance: 1 });
      expect(await accounts.findOne({ _id: 'b' }, { session })).toMatchObject({ balance: 0 });
      expect(await accounts.countDocuments({}, { session })).toBe(2);
      await session.commitTransaction();
    });
  });

  it('conflict when two write the same document', async () => {
    await place.client.withSession((one) =>
      place.client.withSession(async (two) => {
        one.startTransaction();
        two.startTransaction();
        await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session: one });
        const error = await errorOf(
          accounts.updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session: two }),
        );
        expect(error).toMatchObject({ code: 112 });
        expect((error as unknown as { errorLabels: string[] }).errorLabels).toContain(
          'TransientTransactionError',
        );
        await one.commitTransaction();
      }),
    );
    expect(await balances()).toEqual([11, 0]);
  });

  it('keep their sum under concurrency', async () => {
    const transfers = Array.from({ length: 12 }, (_, i) =>
      place.client.withSession((session) =>
        session.withTransaction(() => transfer(i % 2 === 0 ? 1 : -1, session)),
      ),
    );
    await Promise.all(transfers);
    expect(await balances()).toEqual([10, 0]);
  });

  it('can be committed twice, and not after an abort', async () => {
    await place.client.withSession(async (session) => {
      session.startTransaction();
      await transfer(1, session);
      await session.commitTransaction();
      await session.commitTransaction();
    });
    expect(await balances()).toEqual([9, 1]);
  });
}
