import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';
import { MongoServerError } from 'mongodb';
import { recordWritersStage, type RecordWritersStage } from '../testing/record-writers-stage.js';
import { LostRaceError, transactOnce, untilDecided } from './lost-races.js';

describe('lost races', () => {
  let stage: RecordWritersStage;
  beforeAll(async () => {
    stage = await recordWritersStage();
    await stage.users.createIndex({ username: 1 }, { unique: true, sparse: true });
    await stage.put({ email: 'taken@example.org', username: 'taken' });
  });
  afterAll(() => stage.close());

  it('a transaction that meets a taken key leaves nothing, and is tried again', async () => {
    let attempts = 0;
    const made = await untilDecided('email', () =>
      transactOnce(stage.client, async (session) => {
        attempts += 1;
        await stage.announced.insertOne({ attempts }, { session });
        const email = attempts < 3 ? 'taken@example.org' : 'free@example.org';
        return String((await stage.users.insertOne({ email }, { session })).insertedId);
      }),
    );
    const [user] = await stage.users.find({ email: 'free@example.org' }).toArray();
    expect(String(user?._id)).toBe(made);
    expect(await stage.announced.find().toArray()).toMatchObject([{ attempts: 3 }]);
  });

  it('a value that another unique index refuses is no race', async () => {
    let attempts = 0;
    const twice = untilDecided('email', async () => {
      attempts += 1;
      await stage.put({ email: 'other@example.org', username: 'taken' });
    });
    await expect(twice).rejects.toThrow(MongoServerError);
    expect(attempts).toBe(1);
  });

  it('a write that loses every race says so after ten seconds', async () => {
    let attempts = 0;
    const startedAt = performance.now();
    const never = untilDecided('email', () => {
      attempts += 1;
      return Promise.reject(new LostRaceError());
    });
    await expect(never).rejects.toThrow(StoreUnavailableError);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(10_000);
    expect(attempts).toBeGreaterThan(10);
  });
});
