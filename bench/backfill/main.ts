import { versionAt } from '@redis-mongo-sync/sync-core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startPrivateMongo, startPrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';

/*
 * Copies a large collection on real processes and prints rate and memory:
 *   node --import ./tools/testing/ts-loader.mjs bench/backfill/main.ts [records] [adopted]
 * 1. the sync-service's own snapshot into an empty Redis, 2. `backfill --from mongo` over what is there,
 * 3. a full reconcile, 4. `backfill --from redis` of foreign keys. Needs a build. Linux (reads /proc).
 */

const RECORDS = Number(process.argv[2] ?? 1_000_000);
const ADOPTED = Number(process.argv[3] ?? 200_000);
const TOKEN = 'a-token-for-the-bench-only';
const CHUNK = 5_000;
const STEP_MS = 5_000;

interface Watched {
  readonly name: string;
  readonly pid: number;
}

function rssMb({ pid }: Watched): number {
  try {
    return Math.round(
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    );
  } catch {
    return 0;
  }
}

/** Prints memory every few seconds while `work` runs, and its rate at the end. */
async function measured(
  title: string,
  records: number,
  { watched, work }: { readonly watched: readonly Watched[]; readonly work: () => Promise<unknown> },
): Promise<void> {
  console.log(`\n${title}`);
  const startedAt = Date.now();
  const rows: number[][] = [];
  const timer = setInterval(() => rows.push(watched.map(rssMb)), STEP_MS);
  await work().finally(() => clearInterval(timer));
  const seconds = (Date.now() - startedAt) / 1000;
  rows.push(watched.map(rssMb));
  for (const [index, { name }] of watched.entries()) {
    const series = rows.map((row) => row[index] ?? 0).filter((mb) => mb > 0);
    console.log(`  RSS of ${name}, MB every ${STEP_MS / 1000} s: ${series.join(' ')}`);
  }
  console.log(`  ${records} records in ${seconds.toFixed(1)} s: ${Math.round(records / seconds)}/s`);
}

async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await sleep(500);
}

async function main(): Promise<void> {
  const redisServer = await startPrivateRedis();
  const mongo = await startPrivateMongo({ mode: 'child' });
  const client = await MongoClient.connect(mongo.uri);
  const redis = connect({ url: redisServer.url, profile: 'commands' });
  const port = await freePort();
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    REDIS_URL: redisServer.url,
    MONGODB_URI: mongo.uri,
    MONGODB_DATABASE: mongo.database,
    ADMIN_TOKEN: TOKEN,
    PORT: String(port),
    SYNC_SERVICE_URL: `http://127.0.0.1:${port}`,
  };
  const start = (module: string, args: readonly string[] = []) =>
    spawn(process.execPath, [`dist/apps/sync-service/${module}`, ...args], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  await load(client, mongo.database);
  const service = start('main.js');
  const watchedService = { name: 'sync-service', pid: service.pid ?? 0 };
  const command = async (title: string, records: number, args: readonly string[]) => {
    const [module = '', ...rest] = args;
    const child = start(module, rest);
    const watched = [{ name: 'the command', pid: child.pid ?? 0 }, watchedService];
    await measured(title, records, { watched, work: () => once(child, 'exit') });
  };
  try {
    await measured(`snapshot by the sync-service, ${RECORDS} documents`, RECORDS, {
      watched: [watchedService],
      work: () => until(async () => (await redis.zcard('index:users')) >= RECORDS),
    });
    await command('backfill --from mongo', RECORDS, ['src/backfill/main.js', '--from', 'mongo']);
    await until(() => drained(redis));
    const before = await netOutput(redis);
    await command('reconcile --full', RECORDS, ['src/reconcile/main.js', '--full']);
    console.log(`  Redis sent ${Math.round(((await netOutput(redis)) - before) / 1024)} KiB meanwhile`);
    await foreign(redis);
    await command('backfill --from redis', ADOPTED + RECORDS, ['src/backfill/main.js', '--from', 'redis']);
    await until(() => drained(redis));
    await command('reconcile --full', RECORDS + ADOPTED, ['src/reconcile/main.js', '--full']);
  } finally {
    service.kill('SIGTERM');
    await once(service, 'exit');
    redis.disconnect();
    await client.close();
    await mongo.stop();
    await redisServer.stop();
  }
}

async function load(client: MongoClient, database: string): Promise<void> {
  const users = client.db(database).collection('users');
  const at = Date.now() - 60_000;
  for (let from = 0; from < RECORDS; from += CHUNK) {
    const count = Math.min(CHUNK, RECORDS - from);
    const documents = Array.from({ length: count }, (_, i) => ({
      email: `user${from + i}@example.org`,
      name: `User ${from + i}`,
      bio: 'b'.repeat(80),
      _sync: { version: versionAt(at + i), source: 'mongo' },
    }));
    await users.insertMany(documents, { ordered: false });
  }
  console.log(`loaded ${RECORDS} documents`);
}

async function foreign(redis: Redis): Promise<void> {
  for (let from = 0; from < ADOPTED; from += CHUNK) {
    const pipeline = redis.pipeline();
    for (let i = from; i < Math.min(from + CHUNK, ADOPTED); i++) {
      pipeline.set(`user:foreign${i}@example.org`, JSON.stringify({ name: `Foreign ${i}`, tags: [i] }));
    }
    await pipeline.exec();
  }
}

async function netOutput(redis: Redis): Promise<number> {
  return Number(/total_net_output_bytes:(\d+)/.exec(await redis.info('stats'))?.[1] ?? 0);
}

async function drained(redis: Redis): Promise<boolean> {
  const sizes = await Promise.all([
    redis.hlen('mongo_changes:inflight'),
    redis.hlen('redis_changes:inflight'),
  ]);
  return sizes.every((size) => size === 0);
}

await main();
