import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { CONFLICTS_COLLECTION, MongoConflictLog, type KeptConflict } from '@redis-mongo-sync/sync-adapters';
import {
  changeEvent,
  EVENT_FIELD,
  formatEvent,
  payloadOf,
  updatedAtOf,
  versionAt,
  versionOf,
  type Conflict,
} from '@redis-mongo-sync/sync-core';
import { eventually, Random } from '@redis-mongo-sync/testing';
import { fieldsOfState, SyncBench, user } from '../support/sync-bench.js';

const NONE = { kind: 'none' } as const;
const SEED = Number(process.env.CONFLICT_SEED ?? 20261121);

describeWith(describe, redisUnavailableReason())(`the conflict log (seed ${SEED})`, () => {
  let bench: SyncBench;
  let log: MongoConflictLog;
  /** Called when losing versions are in the log, before the write that overwrites them. */
  let afterConflictsKept = (): void => undefined;
  let n = 0;
  const email = () => `conflict${n++}@example.org`;

  beforeAll(async () => {
    bench = await SyncBench.start({ engine: { faults: { afterConflictsKept: () => afterConflictsKept() } } });
    log = new MongoConflictLog(bench.db);
    await bench.up();
  });
  afterAll(() => bench.stop());

  const lostOf = async (key: string): Promise<readonly KeptConflict[]> =>
    (await log.page({ record: { entity: 'users', key }, limit: 100 })).conflicts;

  /** While both lanes rest, what is written on one side is not known on the other. */
  async function unaware(write: () => Promise<void>): Promise<void> {
    const lanes = Object.values(bench.engine.lanes);
    for (const lane of lanes) lane.pause();
    await eventually(() => lanes.every(({ mode }) => mode === 'paused'));
    try {
      await write();
    } finally {
      for (const lane of lanes) lane.resume();
    }
  }

  const mongo = (key: string, name: string) => bench.mongo().write(user(key, { name }));
  const redis = (key: string, name: string) => bench.inRedis().write(user(key, { name }));
  const tick = () => {
    const before = Date.now();
    return eventually(() => Date.now() > before + 1);
  };

  it('I19: a Redis write that lost is kept, with both versions', async () => {
    const key = email();
    await unaware(async () => {
      await redis(key, 'from Redis');
      await tick();
      await mongo(key, 'from Mongo');
    });
    await bench.settled([key]);
    expect(fieldsOfState(await bench.inRedis().get(key))).toEqual({ email: key, name: 'from Mongo' });
    const [conflict, ...others] = await lostOf(key);
    expect(others).toEqual([]);
    expect(conflict).toMatchObject({
      reason: 'newer-version',
      how: 'discarded',
      winner: { source: 'mongo', content: { email: key, name: 'from Mongo' } },
      loser: { source: 'redis', content: { email: key, name: 'from Redis' } },
    });
    expect(conflict?.winner.version).toBe(versionOf(await bench.mongo().get(key)));
    expect(conflict?.loser.updatedAt).toBe(updatedAtOf(conflict?.loser.version ?? 0));
  });

  it('I19: a Mongo write that is overwritten is kept, without what never leaves Mongo', async () => {
    const key = email();
    await unaware(async () => {
      await mongo(key, 'from Mongo');
      await bench.db
        .collection('users')
        .updateOne({ email: key }, { $set: { passwordHash: 'topsecret', wallet: { balance: 7 } } });
      await tick();
      await redis(key, 'from Redis');
    });
    await bench.settled([key]);
    const [conflict, ...others] = await lostOf(key);
    expect(others).toEqual([]);
    expect(conflict).toMatchObject({
      reason: 'newer-version',
      how: 'overwritten',
      winner: { source: 'redis', content: { email: key, name: 'from Redis' } },
      loser: { source: 'mongo', content: { email: key, name: 'from Mongo', wallet: { balance: 7 } } },
    });
    const everything = await bench.db.collection(CONFLICTS_COLLECTION).find({}).toArray();
    expect(JSON.stringify(everything)).not.toMatch(/topsecret|passwordHash/);
  });

  it('I19: a secret that an outsider put into a stream entry is not kept', async () => {
    const key = email();
    await mongo(key, 'present');
    const version = versionAt(1_000); // long ago: it loses
    const payload = payloadOf({ email: key, name: 'old', passwordHash: 'topsecret' });
    const event = changeEvent('redis', { entity: 'users', key, source: 'redis', base: 0, version, payload });
    await bench.redis.xadd('redis_changes', '*', EVENT_FIELD, formatEvent(event));
    await bench.redis.hincrby('sync:ledger:redis-to-mongo', 'captured', 1);
    await eventually(async () => expect(await lostOf(key)).toHaveLength(1));
    expect((await lostOf(key))[0]?.loser.content).toEqual({ email: key, name: 'old' });
  });

  it('I19: at equal version the Redis write lost, and is kept', async () => {
    const key = email();
    await unaware(async () => {
      await redis(key, 'from Redis');
      const version = versionOf(await bench.inRedis().get(key));
      const document = {
        email: key,
        name: 'from Mongo',
        _sync: { version, source: 'mongo' },
      };
      await bench.db.collection('users').insertOne(document);
    });
    await bench.settled([key]);
    expect(fieldsOfState(await bench.inRedis().get(key))).toEqual({ email: key, name: 'from Mongo' });
    expect(await lostOf(key)).toMatchObject([
      {
        reason: 'mongo-preferred-at-equal-version',
        loser: { source: 'redis', content: { name: 'from Redis' } },
      },
    ]);
  });

  it('I19: the next Redis write, built on the loser of a tie, does not overwrite the winner unseen', async () => {
    const key = email();
    await unaware(async () => {
      await redis(key, 'one');
      const version = versionOf(await bench.inRedis().get(key));
      const document = {
        email: key,
        name: 'from Mongo',
        _sync: { version, source: 'mongo' },
      };
      await bench.db.collection('users').insertOne(document);
      bench.engine.lanes['redis-to-mongo'].resume();
      await eventually(async () => expect(await bench.redis.hlen('redis_changes:inflight')).toBe(0));
      await redis(key, 'two');
    });
    await bench.settled([key]);
    expect((await lostOf(key)).map(({ loser }) => loser.content?.name).sort()).toEqual(['from Mongo', 'one']);
  });

  it('I19: a delete that lost is kept, and so is a write that lost against a delete', async () => {
    const [a, b] = [email(), email()];
    for (const key of [a, b]) await mongo(key, 'first');
    await bench.settled([a, b]);
    await unaware(async () => {
      await bench.inRedis().remove({ key: a, precondition: NONE });
      await mongo(b, 'second');
      await tick();
      await mongo(a, 'second');
      await bench.inRedis().remove({ key: b, precondition: NONE });
    });
    await bench.settled([a, b]);
    expect(await lostOf(a)).toMatchObject([{ how: 'discarded', loser: { source: 'redis', content: null } }]);
    expect(await lostOf(b)).toMatchObject([
      {
        how: 'overwritten',
        loser: { source: 'mongo', content: { name: 'second' } },
        winner: { content: null },
      },
    ]);
  });

  it('I19: of a chain of Redis writes only what Mongo had meanwhile is lost', async () => {
    const key = email();
    await unaware(async () => {
      await redis(key, 'one');
      await tick();
      await mongo(key, 'from Mongo');
      await tick();
      await redis(key, 'two');
      await redis(key, 'three');
    });
    await bench.settled([key]);
    expect(fieldsOfState(await bench.mongo().get(key))).toEqual({ email: key, name: 'three' });
    expect(await lostOf(key)).toMatchObject([
      {
        how: 'overwritten',
        loser: { content: { name: 'from Mongo' } },
        winner: { content: { name: 'three' } },
      },
    ]);
  });

  it('I19: a Redis write whose place Mongo took before the next one is kept, though both come in one batch', async () => {
    const key = email();
    const { 'redis-to-mongo': toMongo } = bench.engine.lanes;
    toMongo.pause();
    await eventually(() => toMongo.mode === 'paused');
    try {
      await redis(key, 'one');
      await tick();
      await mongo(key, 'from Mongo');
      await eventually(async () => {
        expect(fieldsOfState(await bench.inRedis().get(key))).toMatchObject({ name: 'from Mongo' });
      });
      await redis(key, 'two');
    } finally {
      toMongo.resume();
    }
    await bench.settled([key]);
    expect(await lostOf(key)).toMatchObject([
      { how: 'discarded', loser: { content: { name: 'one' } }, winner: { content: { name: 'from Mongo' } } },
    ]);
  });

  it('writes that know of each other are no conflicts, in whatever order they are delivered', async () => {
    const keys = Array.from({ length: 20 }, email);
    const before = conflictsCounted();
    for (let round = 0; round < 6; round++) {
      await Promise.all(
        keys.map((key, i) => ((i + round) % 2 ? mongo(key, `m${round}`) : redis(key, `r${round}`))),
      );
      await bench.settled(keys);
    }
    expect((await Promise.all(keys.map(lostOf))).flat()).toEqual([]);
    expect(conflictsCounted()).toEqual(before);
  });

  it('a Redis write on top of a settled one finds its record, even where an outsider set Mongo back', async () => {
    const key = email();
    await mongo(key, 'from Mongo');
    await bench.settled([key]);
    const old = await bench.db.collection('users').findOne({ email: key });
    await redis(key, 'one');
    await bench.settled([key]);
    await unaware(async () => {
      await bench.db.collection('users').replaceOne({ email: key }, old ?? {});
      await redis(key, 'two');
    });
    await bench.settled([key]);
    expect(fieldsOfState(await bench.mongo().get(key))).toEqual({ email: key, name: 'two' });
    expect(await lostOf(key)).toEqual([]);
  });

  it('I19: a document without a version wins, and the Redis write that met it is kept', async () => {
    const key = email();
    await unaware(async () => {
      await redis(key, 'from Redis');
      await bench.db.collection('users').insertOne({ email: key, name: 'from mongosh' });
      // Capture is at work too, and would stamp it; whichever comes first, the Redis write is kept.
    });
    await bench.settled([key]);
    expect(fieldsOfState(await bench.inRedis().get(key))).toEqual({ email: key, name: 'from mongosh' });
    const [conflict] = await lostOf(key);
    expect(['unstamped-write-in-mongo', 'newer-version']).toContain(conflict?.reason);
    expect(conflict?.loser.content).toEqual({ email: key, name: 'from Redis' });
  });

  it('I19: a crash between log and write changes nothing but the time it takes', async () => {
    const key = email();
    let crashes = 0;
    const survive = afterConflictsKept;
    afterConflictsKept = () => {
      afterConflictsKept = survive;
      crashes += 1;
      throw new Error('died after the log, before the write');
    };
    try {
      await unaware(async () => {
        await mongo(key, 'from Mongo');
        await tick();
        await redis(key, 'from Redis');
      });
      await bench.settled([key]);
    } finally {
      afterConflictsKept = survive;
    }
    expect(crashes).toBe(1);
    expect(fieldsOfState(await bench.mongo().get(key))).toEqual({ email: key, name: 'from Redis' });
    expect(await lostOf(key)).toMatchObject([
      { how: 'overwritten', loser: { content: { name: 'from Mongo' } } },
    ]);
  });

  it('I19: 200 random concurrent pairs: each acknowledged write stands, was built upon, or is in the log', async () => {
    const random = new Random(SEED);
    const keys = Array.from({ length: 200 }, email);
    const some = keys.filter(() => random.chance(0.5));
    await Promise.all(some.map((key) => mongo(key, `before`)));
    await bench.settled(some);
    const leaves = new Map<string, { mongo: string | null; redis: string | null }>();
    await unaware(async () => {
      for (const key of keys) {
        const last = { mongo: null as string | null, redis: null as string | null };
        for (let write = 0; write < 2 + random.below(3); write++) {
          const side = write < 2 ? SIDES[write] : random.pick(SIDES);
          const name = `${String(side)} ${write}`;
          await (side === 'mongo' ? mongo(key, name) : redis(key, name));
          last[side ?? 'mongo'] = name;
        }
        leaves.set(key, last);
      }
    });
    await bench.settled(keys);
    for (const key of keys) {
      const stands = fieldsOfState(await bench.mongo().get(key)) as { readonly name: string };
      const lost = (await lostOf(key)).map(({ loser }) => loser.content?.name);
      const last = leaves.get(key);
      expect([stands.name, ...lost]).toEqual(expect.arrayContaining([last?.mongo, last?.redis]));
    }
  });

  it('keeps a conflict once, however often it is told, and without a content that is too large', async () => {
    const key = email();
    const side = { version: 5, source: 'redis', updatedAt: 0, content: { email: key } } as const;
    const conflict: Conflict = {
      entity: 'users',
      key,
      reason: 'newer-version',
      how: 'discarded',
      winner: { ...side, version: 6, content: { email: key, name: 'x'.repeat(5_000_000) } },
      loser: side,
    };
    await Promise.all(Array.from({ length: 5 }, () => log.keep([conflict])));
    const [kept, ...others] = await lostOf(key);
    expect(others).toEqual([]);
    expect(kept?.winner.content).toBeNull();
    expect(kept?.winner.omittedBytes).toBeGreaterThan(5_000_000);
    expect(kept?.loser).toEqual(side);
  });

  it('reads page by page, newest first, each conflict once', async () => {
    const all: string[] = [];
    for (let before: Parameters<typeof log.page>[0]['before']; ;) {
      const { conflicts, next } = await log.page({ limit: 7, ...(before ? { before } : {}) });
      all.push(...conflicts.map(({ id }) => id));
      if (!next) break;
      before = next;
    }
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBe(await bench.db.collection(CONFLICTS_COLLECTION).countDocuments());
  });

  const SIDES = ['mongo', 'redis'] as const;
  const conflictsCounted = () =>
    Object.values(bench.engine.lanes).map(({ direction }) => bench.engine.status.lane(direction).conflicts);
});
