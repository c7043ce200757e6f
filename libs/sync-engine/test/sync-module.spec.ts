import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
  type PrivateMongo,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { RedisRecordStore } from '@redis-mongo-sync/sync-adapters';
import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import {
  Reconciles,
  RecordHistory,
  sampleOf,
  SyncDeadLetters,
  SyncEngine,
  SyncStatus,
} from '@redis-mongo-sync/sync-engine';
import { SyncModule, type SyncModuleOptions } from '@redis-mongo-sync/sync-engine/nest';
import { Injectable, Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Redis } from 'ioredis';
import { MongoClient, type Document } from 'mongodb';
import { eventually } from '@redis-mongo-sync/testing';

const PARTS: EntityDefinition = {
  name: 'parts',
  collection: 'parts',
  keyField: 'sku',
  keyTemplate: 'part:{key}',
  normalizeKey: String,
  requiredOnCreate: [],
  ownedFields: [],
  secretFields: ['cost'],
};

/** A provider of the application, which operates the sync through what it asks for. */
@Injectable()
class Desk {
  constructor(
    readonly engine: SyncEngine,
    readonly status: SyncStatus,
    readonly deadLetters: SyncDeadLetters,
    readonly history: RecordHistory,
    readonly reconciles: Reconciles,
  ) {}
}

/** What the documents of an application look like that knows nothing of the sync. */
const UGLY: readonly Document[] = [
  { sku: 'A/1', name: 'Schraube "M4"', tags: [], size: { mm: [4, 16.5] }, at: new Date(0) },
  { sku: 'ß–2', name: null, nested: { deep: [{ er: null }] }, cost: 12 },
  { sku: '3', name: 3, weight: -0.1, legacy: 'x'.repeat(20_000) },
];

describeWith(describe, redisUnavailableReason())('SyncModule in a Nest application of its own', () => {
  let redisServer: PrivateRedis;
  let mongo: PrivateMongo;
  let client: MongoClient;
  let redis: Redis;

  beforeAll(async () => {
    [redisServer, mongo] = await Promise.all([startPrivateRedis(), startPrivateMongo()]);
    client = await MongoClient.connect(mongo.uri);
    redis = connect({ url: redisServer.url, profile: 'commands' });
  });
  afterAll(async () => {
    redis.disconnect();
    await client.close();
    await mongo.stop();
    await redisServer.stop();
  });

  async function withApp(
    sync: DynamicModule,
    use: (app: INestApplicationContext) => Promise<void>,
  ): Promise<void> {
    @Module({ imports: [sync], providers: [Desk] })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
    try {
      await use(app);
    } finally {
      await app.close();
    }
  }

  const options = (change: Partial<SyncModuleOptions> = {}): SyncModuleOptions => ({
    mongo: { uri: mongo.uri, database: mongo.database },
    redis: redisServer.url,
    entities: [PARTS],
    ...change,
  });

  /** Writes arrive in both directions. */
  async function expectSync(round: string): Promise<void> {
    const collection = client.db(mongo.database).collection(PARTS.collection);
    const store = new RedisRecordStore({ redis, entity: PARTS });
    await collection.insertMany(UGLY.map((document) => ({ ...document, sku: round + String(document.sku) })));
    const key = `${round}from-redis`;
    const command = { key, mode: 'merge', unset: [], create: true, precondition: { kind: 'none' } } as const;
    await store.write({ ...command, set: { name: 'Nut', sizes: [1, { half: 0.5 }] } });
    for (const { sku } of UGLY) {
      await eventually(async () => (await store.get(round + String(sku))).state === 'live');
    }
    expect(await store.get(`${round}ß–2`)).toMatchObject({
      record: { fields: { sku: `${round}ß–2`, name: null, nested: { deep: [{ er: null }] } } },
    });
    await eventually(async () => {
      expect(await collection.findOne({ sku: key })).toMatchObject({
        name: 'Nut',
        sizes: [1, { half: 0.5 }],
      });
    });
  }

  it('forRoot: takes URLs and entities, syncs both ways, gives its handles to providers that ask for them', async () => {
    await withApp(SyncModule.forRoot(options()), async (app) => {
      const desk = app.get(Desk);
      await expectSync('one-');
      expect(desk.engine.mode).toBe('running');
      expect(desk.status.capture.mode).toBe('streaming');
      expect((await desk.status.report()).directions['mongo-to-redis'].captured).toBeGreaterThan(0);
      expect(desk.deadLetters.streams).toEqual(['mongo_changes', 'redis_changes']);
      const { stores } = await desk.history.read(PARTS, 'one-from-redis', { limit: 10 });
      expect(stores).toMatchObject({ mongo: { state: 'live' }, redis: { state: 'live' } });
      const run = desk.reconciles.start({ ...sampleOf('parts', 100), mode: 'full' });
      expect((await desk.reconciles.ended(run?.id ?? ''))?.report?.compared).toBeGreaterThanOrEqual(4);
    });
  });

  it('forRootAsync: takes a client of the application, and leaves it open', async () => {
    let engine: SyncEngine | undefined;
    const sync = SyncModule.forRootAsync({
      useFactory: () => Promise.resolve(options({ mongo: { client, database: mongo.database } })),
    });
    await withApp(sync, async (app) => {
      engine = app.get(SyncEngine);
      await expectSync('two-');
    });
    expect(engine?.mode).toBe('stopped');
    expect(await client.db(mongo.database).command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it('refuses to start over a Redis that may evict keys, and can be closed all the same', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      await expect(withApp(SyncModule.forRoot(options()), () => Promise.resolve())).rejects.toThrow(
        'SYNC_401',
      );
    } finally {
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
    }
  });
});
