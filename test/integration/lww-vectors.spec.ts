import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import {
  KEYS,
  MongoDocumentAuthority,
  MongoRecordTarget,
  prepareCollections,
  RedisProjectionTarget,
  SYNC_GROUP,
} from '@redis-mongo-sync/sync-adapters';
import { eventIdOf, formatEvent, updatedAtOf, USERS, type ChangeEvent } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { MongoClient, type Db, type Document } from 'mongodb';
import { contentOf, vectorsFor, type LwwVector, type VectorImage } from '../support/lww-vectors.js';

const EMAIL = 'ada@example.org';

function eventOf({ incoming, target }: LwwVector): ChangeEvent {
  const emitter = target === 'redis' ? 'mongo' : 'redis';
  return {
    eventId: eventIdOf(emitter, EMAIL, incoming.version),
    entity: USERS.name,
    key: EMAIL,
    op: incoming.payload ? 'upsert' : 'delete',
    source: incoming.source,
    version: incoming.version,
    payload: contentOf(incoming),
  };
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

  const stampText = ({ version, source }: VectorImage) =>
    `{"version":${version},"source":"${source}","updatedAt":${updatedAtOf(version ?? 0)}`;

  async function put(image: VectorImage): Promise<void> {
    const content = contentOf(image);
    if (content) await redis.set(KEYS.record(USERS, EMAIL), `${stampText(image)},${content.slice(1)}`);
    else await redis.set(KEYS.tombstone(USERS, EMAIL), `${stampText(image)}}`);
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
    const entryId = (await redis.xadd(stream, '*', 'event', formatEvent(event))) ?? '';
    await redis.xreadgroup('GROUP', SYNC_GROUP, 'test', 'STREAMS', stream, '>');

    const [result] = await new RedisProjectionTarget(redis).apply(USERS, [{ entryId, event }]);

    const expected = {
      apply: ['apply'],
      stale: ['stale'],
      same: ['echo', 'duplicate'],
      merge: ['merge'],
      unstamped: [],
    };
    expect(expected[vector.verdict]).toContain(result?.verdict);
    const content = contentOf(vector.after);
    expect(await held()).toBe(
      content ? `${stampText(vector.after)},${content.slice(1)}` : `${stampText(vector.after)}}`,
    );
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
    target = new MongoRecordTarget({ db, authority: new MongoDocumentAuthority(db), settler });
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });
  beforeEach(() => db.collection(USERS.collection).deleteMany({}));

  it.each(vectorsFor('mongo'))('%s', async (_title, vector) => {
    const collection = db.collection(USERS.collection);
    if (vector.current) await collection.insertOne(documentOf(vector.current));

    const [result] = await target.apply(USERS, [{ entryId: '1-0', event: eventOf(vector) }]);

    expect(result?.verdict).toBe(vector.verdict);
    const found: Document = (await collection.findOne({ email: EMAIL })) ?? {};
    const { _id, purgeAt, ...document } = found;
    expect(document).toEqual(documentOf(vector.after));
    if (vector.after.payload === null && vector.verdict === 'apply') expect(purgeAt).toBeInstanceOf(Date);
  });

  function documentOf({ version, source, payload }: VectorImage) {
    return {
      ...(payload ?? { email: EMAIL, deleted: true }),
      ...(version === null ? {} : { version, updatedAt: updatedAtOf(version), source }),
    };
  }
});
