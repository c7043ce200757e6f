import { createHash } from 'node:crypto';
import {
  startPrivateMongo,
  startPrivateRedis,
  type PrivateMongo,
  type PrivateRedis,
  type PrivateRedisOptions,
} from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { USERS } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { BSON, MongoClient, type Db, type Document } from 'mongodb';
import { EFFORTS } from '../../src/doctor/effort.js';
import type { CheckContext } from '../../src/doctor/check-context.js';

/** Both stores, and a doctor's look at them. */
export interface DoctorStage {
  readonly mongoServer: PrivateMongo;
  readonly redisServer: PrivateRedis;
  readonly mongo: MongoClient;
  readonly db: Db;
  readonly redis: Redis;
  readonly context: CheckContext;
  /** The documents of a collection, to be compared. */
  documents(name: string): Promise<string>;
  /** All that is in both stores, to be compared. */
  everything(): Promise<string>;
  close(): Promise<void>;
}

export async function doctorStage(options: PrivateRedisOptions = {}): Promise<DoctorStage> {
  const [mongoServer, redisServer] = await Promise.all([startPrivateMongo(), startPrivateRedis(options)]);
  const mongo = await MongoClient.connect(mongoServer.uri);
  const db = mongo.db(mongoServer.database);
  const redis = connect({ url: redisServer.url, profile: 'commands' });
  const { signal } = new AbortController();
  const context = {
    entity: USERS,
    mongo,
    db,
    redis,
    effort: EFFORTS.usual,
    signal,
    progress: () => undefined,
  };
  return {
    mongoServer,
    redisServer,
    mongo,
    db,
    redis,
    context,
    documents: async (name) => (await rawDocuments(db, name)).join(),
    everything: async () => (await mongoContents(db)) + (await redisContents(redis)),
    close: async () => {
      redis.disconnect();
      await mongo.close();
      await Promise.all([mongoServer.stop(), redisServer.stop()]);
    },
  };
}

async function rawDocuments(db: Db, name: string): Promise<string[]> {
  const raw = (await db.collection(name).find({}, { raw: true }).toArray()) as unknown as Uint8Array[];
  return raw.map((bytes) => createHash('sha1').update(bytes).digest('hex')).sort();
}

async function mongoContents(db: Db): Promise<string> {
  const collections = await db.listCollections({}, { nameOnly: false }).toArray();
  const parts = collections.map(async (collection) => {
    const { name } = collection;
    const documents = await rawDocuments(db, name);
    const indexes: Document[] = await db.collection(name).indexes();
    return BSON.EJSON.stringify({ collection, indexes, documents }, { relaxed: false });
  });
  return (await Promise.all(parts)).sort().join('\n');
}

async function redisContents(redis: Redis): Promise<string> {
  const names = (await redis.keys('*')).sort();
  const dumps = await Promise.all(names.map((name) => redis.dumpBuffer(name)));
  return JSON.stringify(names.map((name, index) => [name, dumps[index]?.toString('base64')]));
}
