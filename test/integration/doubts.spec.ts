import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import {
  KEYS,
  MongoRecordTarget,
  RedisDoubts,
  StreamSettler,
  SYNC_GROUP,
} from '@redis-mongo-sync/sync-adapters';
import { parseEvent, USERS, type ChangeDelivery } from '@redis-mongo-sync/sync-core';
import { eventually } from '@redis-mongo-sync/testing';
import { fieldsOfState, SyncBench, user } from '../support/sync-bench.js';

type Read = [stream: string, entries: [id: string, fields: string[]][]][];

describeWith(describe, redisUnavailableReason())('a stale image while a Redis write is in flight', () => {
  let bench: SyncBench;
  let n = 0;
  const email = () => `doubt${n++}@example.org`;

  beforeAll(async () => {
    bench = await SyncBench.start();
    await bench.up();
  });
  afterAll(() => bench.stop());

  /** Takes the next entry of `redis_changes` as another sync-service would. */
  async function takeNext(): Promise<ChangeDelivery> {
    const read = (await bench.redis.xreadgroup(
      ...([
        'GROUP',
        SYNC_GROUP,
        'another',
        'COUNT',
        1,
        'STREAMS',
        KEYS.stream('redis-to-mongo'),
        '>',
      ] as const),
    )) as Read | null;
    const [entryId, [, text]] = read?.[0]?.[1][0] ?? ['', []];
    return { entryId, event: parseEvent(text ?? '') };
  }

  const doubts = () => bench.redis.hgetall(KEYS.doubts);
  const noDoubts = () => eventually(async () => expect(await doubts()).toEqual({}), { timeoutMs: 10_000 });

  it('I8: an older state put back between the arrival of a Redis write and its settlement is noticed', async () => {
    const key = email();
    const lane = bench.engine.lanes['redis-to-mongo'];
    const users = bench.db.collection(USERS.collection);
    await bench.inRedis().write(user(key, { name: 'old' }));
    await bench.settled([key]);
    const old = await users.findOne({ email: key });
    await noDoubts();

    lane.pause();
    await eventually(() => lane.mode === 'paused');
    await bench.inRedis().write(user(key, { name: 'new' }));
    const delivery = await takeNext();
    const settler = new StreamSettler(bench.redis, 'redis-to-mongo');
    const records = new MongoRecordTarget({ client: bench.client, db: bench.db, settler });
    expect(await records.apply(USERS, [delivery])).toEqual([{ decision: 'apply' }]);

    await users.replaceOne({ email: key }, { ...old }); // an outsider's restore
    await eventually(async () => {
      expect(await doubts()).toEqual({ [`users:${key}`]: String(delivery.event.version) });
    });
    await records.settle([{ delivery, outcome: 'applied' }]);
    lane.resume();

    await eventually(async () => expect(await users.findOne({ email: key })).toMatchObject({ name: 'new' }), {
      timeoutMs: 15_000,
    });
    await bench.settled([key]);
    expect(fieldsOfState(await bench.inRedis().get(key))).toEqual({ email: key, name: 'new' });
    await noDoubts();
    expect(bench.log.join('\n')).toMatch(/mongo was set back below redis on 1 record/);
  });

  it('I6: a record that Redis writes again and again leaves nothing behind, and is not re-emitted', async () => {
    const key = email();
    const captured = async () => (await bench.engine.status.ledger('redis-to-mongo')).ledger.captured;
    const before = await captured();
    for (let name = 0; name < 200; name++) await bench.inRedis().write(user(key, { name }));
    await bench.settled([key]);
    await noDoubts();
    expect((await captured()) - before).toBe(200);
  });

  it('a doubt stays while its record is in flight, and a newer one is not removed with it', async () => {
    const key = email();
    const field = `users:${key}`;
    const known = new RedisDoubts(bench.redis);
    await bench.engine.stop(2_000); // no other engine looks into it
    await bench.redis.hset(KEYS.doubts, field, '5');
    const { doubts: found, next } = await known.read('0', 10);
    expect({ found, next }).toEqual({ found: [{ entity: 'users', key, version: 5 }], next: '0' });
    await bench.redis.hset(KEYS.inFlight('redis-to-mongo'), field, '6 4');
    expect(await known.landed(found)).toEqual([]);
    await bench.redis.hdel(KEYS.inFlight('redis-to-mongo'), field);
    expect(await known.landed(found)).toEqual(found);

    await bench.redis.hset(KEYS.doubts, field, '7');
    await known.remove(found);
    expect(await doubts()).toEqual({ [field]: '7' });
    await known.remove([{ entity: 'users', key, version: 7 }]);
    expect(await doubts()).toEqual({});
  });
});
