import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import {
  imageOf,
  KEYS,
  MongoRecordTarget,
  prepareCollections,
  RedisProjectionTarget,
  SYNC_GROUP,
} from '@redis-mongo-sync/sync-adapters';
import {
  changeEvent,
  EVENT_FIELD,
  formatEvent,
  formatRecord,
  USERS,
  type ChangeEvent,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { BSON, MongoClient, type Db, type Document } from 'mongodb';
import { heldOf, vectorsFor, type LwwVector, type VectorCurrent } from '@redis-mongo-sync/sync-core/testing';

const EMAIL = 'ada@example.org';

function eventOf({ incoming, target }: LwwVector): ChangeEvent {
  const { base, known, changed } = incoming;
  return changeEvent(target === 'redis' ? 'mongo' : 'redis', {
    entity: USERS.name,
    key: EMAIL,
    ...heldOf(incoming),
    ...(base === undefined ? {} : { base }),
    ...(known === undefined ? {} : { known }),
    ...(changed === undefined ? {} : { changed }),
  });
}

describeWith(describe, redisUnavailableReason())('apply-batch.lua, held to the vectors', () => {
  let server: Awaited<ReturnType<typeof startPrivateRedis>>;
  let redis: Redis;

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = connect({ url: server.url, profile: 'commands' });
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(() => redis.flushall());

  const textOf = (image: VectorCurrent) => image.text ?? formatRecord(heldOf(image));

  async function put(image: VectorCurrent): Promise<void> {
    const key = image.payload ? KEYS.record(USERS, EMAIL) : KEYS.tombstone(USERS, EMAIL);
    await redis.set(key, textOf(image));
  }

  async function held(): Promise<string | null> {
    const [record, tombstone] = await redis.mget(KEYS.record(USERS, EMAIL), KEYS.tombstone(USERS, EMAIL));
    expect(record === null || tombstone === null).toBe(true);
    return record ?? tombstone ?? null;
  }

  it.each(vectorsFor('redis'))('%s', async (_title, vector) => {
    if (vector.current) await put(vector.current);
    const event = eventOf(vector);
    const stream = KEYS.stream('mongo-to-redis');
    await redis.xgroup('CREATE', stream, SYNC_GROUP, '0', 'MKSTREAM');
    const entryId = (await redis.xadd(stream, '*', EVENT_FIELD, formatEvent(event))) ?? '';
    await redis.xreadgroup('GROUP', SYNC_GROUP, 'test', 'STREAMS', stream, '>');

    const [result] = await new RedisProjectionTarget(redis).apply(USERS, [{ entryId, event }]);

    const same = ['echo', 'duplicate'];
    expect(vector.decision === 'same' ? same : [vector.decision]).toContain(result?.decision);
    expect(await held()).toBe(textOf(vector.after));
  });
});

describe('the conditional upsert, held to the vectors', () => {
  let server: Awaited<ReturnType<typeof startPrivateMongo>>;
  let client: MongoClient;
  let db: Db;
  let target: MongoRecordTarget;

  beforeAll(async () => {
    server = await startPrivateMongo();
    client = await MongoClient.connect(server.uri);
    db = client.db(server.database);
    await prepareCollections(db, [USERS]);
    const settler = { settle: () => Promise.resolve() };
    target = new MongoRecordTarget({ client, db, settler });
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });
  beforeEach(async () => {
    await db.collection(USERS.collection).deleteMany({});
    await tombstones().deleteMany({});
  });

  it.each(vectorsFor('mongo'))('%s', async (_title, vector) => {
    const collection = db.collection(USERS.collection);
    const { current, decision, after } = vector;
    if (current?.payload === null) {
      const { version, source } = current;
      await tombstones().insertOne({ _id: { entity: USERS.name, key: EMAIL } as never, version, source });
    } else if (current) await collection.insertOne(documentOf(current));
    const before = await collection.findOne({ email: EMAIL });
    // As the sync reads it, it is what the case says.
    const image = before && imageOf(USERS, before);
    if (current?.payload !== null)
      expect(image && [image.version, image.source]).toEqual(current && [current.version, current.source]);

    const [result] = await target.apply(USERS, [{ entryId: '1-0', event: eventOf(vector) }]);

    expect(result?.decision).toBe(decision);
    const found = await collection.findOne({ email: EMAIL });
    if (decision !== 'apply') {
      expect(found).toEqual(before);
      return;
    }
    if (after.payload === null) {
      const buried = await tombstones().findOne({ '_id.key': EMAIL });
      expect(found).toBeNull();
      expect(buried).toMatchObject({
        version: after.version,
        source: after.source,
        purgeAt: expect.any(Date) as unknown,
      });
      return;
    }
    const { _id, ...document }: Document = found ?? {};
    expect(document).toEqual(documentOf(after));
  });

  function tombstones() {
    return db.collection('sync_tombstones');
  }

  function documentOf({ version, source, payload, stored }: VectorCurrent): Document {
    if (stored)
      return { ...payload, _sync: BSON.EJSON.deserialize(stored as Document, { relaxed: true }) as Document };
    return { ...payload, ...(version === null ? {} : { _sync: { version, source } }) };
  }
});
