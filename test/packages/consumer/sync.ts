import 'reflect-metadata';
import { SyncStatus } from '@redis-mongo-sync/sync-engine';
import { SyncModule } from '@redis-mongo-sync/sync-engine/nest';
import { RedisRecordStore } from '@redis-mongo-sync/sync-adapters';
import type { EntityDefinition } from '@redis-mongo-sync/sync-core';
import { connect } from '@redis-mongo-sync/redis-streams';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MongoClient } from 'mongodb';
import { setTimeout as sleep } from 'node:timers/promises';

/* A stranger's application that embeds the sync of a collection of its own, and sees writes arrive on the other side. */

const [uri = '', database = '', redisUrl = ''] = process.argv.slice(2);

const PARTS: EntityDefinition = {
  name: 'parts',
  collection: 'parts',
  keyField: 'sku',
  keyTemplate: 'part:{key}',
  normalizeKey: String,
  requiredOnCreate: [],
  ownedFields: [],
  secretFields: [],
};

@Module({
  imports: [SyncModule.forRoot({ mongo: { uri, database }, redis: redisUrl, entities: [PARTS] })],
})
class AppModule {}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
    const found = await look();
    if (found !== null) return found;
  }
  throw new Error('the write did not arrive');
}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
app.enableShutdownHooks();
const client = await MongoClient.connect(uri);
const redis = connect({ url: redisUrl, profile: 'commands' });
const parts = client.db(database).collection('parts');

await parts.insertOne({ sku: 'M4', name: 'bolt', sizes: [4, 16.5] });
const inRedis = JSON.parse(await until(() => redis.get('part:M4'))) as { name: string };
await new RedisRecordStore({ redis, entity: PARTS }).write({
  key: 'M5',
  mode: 'replace',
  create: true,
  set: { name: 'nut' },
  unset: [],
  precondition: { kind: 'none' },
});
const inMongo = await until(() => parts.findOne({ sku: 'M5' }));
const { directions } = await app.get(SyncStatus).report();
process.stdout.write(
  `${JSON.stringify({ inRedis: inRedis.name, inMongo: inMongo.name as string, lanes: Object.keys(directions) })}\n`,
);

redis.disconnect();
await client.close();
await app.close();
