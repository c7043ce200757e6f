import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { eventually } from '@redis-mongo-sync/testing';
import { fieldsOfState, SyncBench, user } from '../support/sync-bench.js';

const NONE = { kind: 'none' } as const;

describeWith(describe, redisUnavailableReason())('two-way sync', () => {
  let bench: SyncBench;
  let n = 0;
  const email = () => `user${n++}@example.org`;

  beforeAll(async () => {
    bench = await SyncBench.start();
    await bench.up();
  });
  afterAll(() => bench.stop());

  it('carries a Mongo-first write to Redis, field by field', async () => {
    const key = email();
    const set = {
      name: 'Ünï \u{1F600}',
      list: [],
      nested: { a: [1, { b: null }], z: {} },
      big: 2 ** 53 - 1,
      half: 0.5,
    };
    await bench.mongo().write(user(key, set));
    await bench.settled([key]);
    expect(fieldsOfState(await bench.inRedis().get(key))).toEqual({ email: key, ...set });
  });

  it('carries a Redis-first write to Mongo, field by field', async () => {
    const key = email();
    const set = {
      name: '$name',
      list: [],
      nested: { a: [1, { b: null }], z: {} },
      big: -(2 ** 53 - 1),
      half: 1e-7,
    };
    await bench.inRedis().write(user(key, set));
    await bench.settled([key]);
    expect(fieldsOfState(await bench.mongo().get(key))).toEqual({ email: key, ...set });
  });

  it('I6: recognises the echo of a Redis write, and sends nothing back', async () => {
    const key = email();
    const before = await bench.outcomes('mongo-to-redis');
    const captured = (await bench.engine.status.ledger('redis-to-mongo')).ledger.captured;
    await bench.inRedis().write(user(key));
    await bench.settled([key]);
    await eventually(async () => {
      expect((await bench.outcomes('mongo-to-redis')).echo).toBe((before.echo ?? 0) + 1);
    });
    expect((await bench.engine.status.ledger('redis-to-mongo')).ledger.captured).toBe(captured + 1);
  });

  it('I5: a delete on either side is a delete on both, and stays one', async () => {
    const [a, b] = [email(), email()];
    await bench.mongo().write(user(a));
    await bench.inRedis().write(user(b));
    await bench.settled([a, b]);
    await bench.mongo().remove({ key: a, precondition: NONE });
    await bench.inRedis().remove({ key: b, precondition: NONE });
    await bench.settled([a, b]);
    expect((await bench.inRedis().get(a)).state).toBe('deleted');
    expect((await bench.mongo().get(b)).state).toBe('deleted');
  });

  it('brings a deleted record back when a client writes it again', async () => {
    const key = email();
    await bench.mongo().write(user(key, { name: 'one', old: true }));
    await bench.settled([key]);
    await bench.inRedis().remove({ key, precondition: NONE });
    await bench.settled([key]);
    const result = await bench.mongo().write(user(key, { name: 'two' }));
    expect(result.outcome).toBe('created');
    await bench.settled([key]);
    expect(fieldsOfState(await bench.inRedis().get(key))).toEqual({ email: key, name: 'two' });
  });

  it('I9: both stores end equal when both sides write the same records at the same time', async () => {
    const keys = Array.from({ length: 10 }, email);
    const writes = Array.from({ length: 400 }, (_, i) => {
      const key = keys[i % keys.length] ?? '';
      const store = i % 2 === 0 ? bench.mongo() : bench.inRedis();
      return i % 17 === 0
        ? store.remove({ key, precondition: NONE })
        : store.write(user(key, { name: `n${i}` }));
    });
    await Promise.all(writes);
    await bench.settled(keys);
  });

  it('I17: Mongo-owned fields are shown in Redis and never written from there; secret ones never leave Mongo', async () => {
    const key = email();
    const users = bench.db.collection('users');
    await bench.mongo().write(user(key, { name: 'Ada' }));
    await users.updateOne({ email: key }, { $set: { wallet: { balance: 7 }, passwordHash: 'x'.repeat(60) } });
    await eventually(async () => {
      expect(fieldsOfState(await bench.inRedis().get(key))).toMatchObject({ wallet: { balance: 7 } });
    });
    await bench.inRedis().write({ ...user(key, { name: 'Lovelace' }), mode: 'replace' });
    await bench.settled([key]);
    const document = await users.findOne({ email: key });
    expect(document).toMatchObject({
      name: 'Lovelace',
      wallet: { balance: 7 },
      passwordHash: 'x'.repeat(60),
    });
    const everything = JSON.stringify([
      await bench.redis.get(`user:${key}`),
      await bench.redis.xrange('mongo_changes', '-', '+'),
      await bench.redis.xrange('redis_changes', '-', '+'),
    ]);
    expect(everything).not.toContain('passwordHash');
  });

  it('moves a record to another key, with everything in it', async () => {
    const [from, to] = [email(), email()];
    await bench.mongo().write(user(from, { name: 'Ada', note: 1 }));
    await bench.db.collection('users').updateOne({ email: from }, { $set: { passwordHash: 'secret' } });
    const result = await bench.mongo().rename({ ...user(from, {}), newKey: to });
    expect(result.outcome).toBe('renamed');
    await bench.settled([from, to]);
    expect(fieldsOfState(await bench.inRedis().get(to))).toEqual({ email: to, name: 'Ada', note: 1 });
    expect((await bench.inRedis().get(from)).state).toBe('deleted');
    expect(await bench.db.collection('users').findOne({ email: to })).toMatchObject({
      passwordHash: 'secret',
    });
  });

  it('I16: every write of a record gets a version of its own, on either side, however many come at once', async () => {
    const key = email();
    for (const store of [bench.mongo(), bench.inRedis()]) {
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, i) => store.write(user(key, { name: `n${i}` }))),
      );
      const versions = results.map((result) => ('record' in result ? result.record.version : 0));
      expect(new Set(versions).size).toBe(100);
      expect(versions.every(Number.isSafeInteger)).toBe(true);
    }
    await bench.settled([key]);
  });

  describe('I8: writes by outsiders, who know nothing of versions', () => {
    const users = () => bench.db.collection('users');

    it('a document inserted without a version is stamped and travels', async () => {
      const key = email();
      await users().insertOne({ email: key, name: 'from mongosh', at: new Date(0) });
      await bench.settled([key]);
      expect(fieldsOfState(await bench.inRedis().get(key))).toEqual({
        email: key,
        name: 'from mongosh',
        at: { $date: '1970-01-01T00:00:00Z' },
      });
    });

    it('a field changed without moving the version travels', async () => {
      const key = email();
      await bench.mongo().write(user(key));
      await bench.settled([key]);
      await users().updateOne({ email: key }, { $set: { name: 'from mongosh' } });
      await eventually(async () => {
        expect(fieldsOfState(await bench.inRedis().get(key))).toEqual({ email: key, name: 'from mongosh' });
      });
      await bench.settled([key]);
    });

    it('a document replaced without a version travels', async () => {
      const key = email();
      await bench.inRedis().write(user(key));
      await bench.settled([key]);
      await users().replaceOne({ email: key }, { email: key, name: 'replaced' });
      await eventually(async () => {
        expect(fieldsOfState(await bench.inRedis().get(key))).toEqual({ email: key, name: 'replaced' });
      });
      await bench.settled([key]);
    });

    it('a removed document is a delete', async () => {
      const key = email();
      await bench.mongo().write(user(key));
      await bench.settled([key]);
      await users().deleteOne({ email: key });
      await eventually(async () => {
        expect((await bench.inRedis().get(key)).state).toBe('deleted');
      });
      await bench.settled([key]);
    });

    it('a changed e-mail is a delete of the old key and a write of the new one', async () => {
      const [from, to] = [email(), email()];
      await bench.mongo().write(user(from));
      await bench.settled([from]);
      await users().updateOne({ email: from }, { $set: { email: to } });
      await eventually(async () => {
        expect((await bench.inRedis().get(from)).state).toBe('deleted');
        expect((await bench.inRedis().get(to)).state).toBe('live');
      });
      await bench.settled([from, to]);
    });

    it('a document set back to an older state is brought forward again from Redis', async () => {
      const key = email();
      await bench.mongo().write(user(key, { name: 'old' }));
      const old = await users().findOne({ email: key });
      await bench.inRedis().write(user(key, { name: 'new' }));
      await eventually(async () => {
        expect(fieldsOfState(await bench.inRedis().get(key))).toEqual({ email: key, name: 'new' });
      });
      await bench.settled([key]);
      await users().replaceOne({ email: key }, old ?? {});
      await eventually(async () => {
        expect(fieldsOfState(await bench.mongo().get(key))).toEqual({ email: key, name: 'new' });
      });
      await bench.settled([key]);
    });
  });
});
