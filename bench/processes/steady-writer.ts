import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@redis-mongo-sync/redis-streams';
import { KEYS, MongoRecordStore, RedisRecordStore } from '@redis-mongo-sync/sync-adapters';
import { parseRecord, USERS, type RecordStore, type Source } from '@redis-mongo-sync/sync-core';
import { MongoClient } from 'mongodb';
import { keyOf, profileOf, writeOf, writeRecord, type AcknowledgedWrites } from '../records.js';
import { answerWith } from '../rig/worker.js';

export interface SteadyTask {
  readonly side: Source;
  readonly redisUrl: string;
  readonly mongoUri: string;
  readonly database: string;
  readonly rate: number;
  readonly warmUpSeconds: number;
  /** How long it is measured after that. */
  readonly seconds: number;
  /** Writes go round this many records, beginning at `firstRecord`. */
  readonly records: number;
  readonly firstRecord: number;
}

export interface SteadyAnswer {
  readonly acknowledged: AcknowledgedWrites;
  /** ms from the time a write was due until its version was visible at the other store; the warm-up is left out. */
  readonly lagMs: readonly number[];
}

/** How often the other store is asked, ms: the resolution of what is measured. */
const LOOK_EVERY_MS = 1;
const PATIENCE_MS = 10_000;

interface Awaited {
  readonly version: number;
  readonly dueAt: number;
}

/** Asks a store for the versions it shows now. */
type Look = (keys: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/**
 * An open-loop writer with an eye on the other store. Writes are due at fixed times, whatever became of those before
 * (a closed loop would write less while the system stalls, and not notice the stall).
 */
await answerWith<SteadyTask, SteadyAnswer>(async (task) => {
  const redis = connect({ url: task.redisUrl, profile: 'commands' });
  const client = await MongoClient.connect(task.mongoUri);
  const db = client.db(task.database);
  const collection = db.collection(USERS.collection);

  const lookInRedis: Look = async (keys) => {
    const texts = await redis.mget(keys.map((key) => KEYS.record(USERS, key)));
    const version = (text: string | null | undefined) => parseRecord(text ?? '')?.version ?? 0;
    return new Map(keys.map((key, index) => [key, version(texts[index])]));
  };
  const lookInMongo: Look = async (keys) => {
    const cursor = collection.find(
      { email: { $in: [...keys] } },
      { projection: { _id: 0, email: 1, '_sync.version': 1 } },
    );
    return new Map((await cursor.toArray()).map(({ email, _sync }) => [String(email), versionIn(_sync)]));
  };
  const [store, look]: [RecordStore, Look] =
    task.side === 'mongo'
      ? [new MongoRecordStore({ client, db, entity: USERS }), lookInRedis]
      : [new RedisRecordStore({ redis, entity: USERS }), lookInMongo];

  const answer = await writeSteadily(task, store, look);
  redis.disconnect();
  await client.close();
  return answer;
});

async function writeSteadily(task: SteadyTask, store: RecordStore, look: Look): Promise<SteadyAnswer> {
  const acknowledged: AcknowledgedWrites = new Map();
  const awaited = new Map<string, Awaited>();
  const lagMs: number[] = [];
  const count = task.rate * (task.warmUpSeconds + task.seconds);
  const startedAt = performance.now();
  const dueAt = (index: number) => startedAt + (index * 1000) / task.rate;
  const underWay = new Set<Promise<void>>();

  const write = async (index: number): Promise<void> => {
    const key = keyOf((task.firstRecord + index) % task.records);
    const version = await writeRecord(store, writeOf(key, profileOf(index)), acknowledged);
    awaited.set(key, { version, dueAt: dueAt(index) });
  };
  const lookOut = async (): Promise<void> => {
    while (performance.now() < dueAt(count) || underWay.size > 0 || awaited.size > 0) {
      if (performance.now() > dueAt(count) + PATIENCE_MS) break; // the comparison will tell what is missing
      await sleep(LOOK_EVERY_MS);
      if (awaited.size === 0) continue;
      const seen = await look([...awaited.keys()]);
      const now = performance.now();
      for (const [key, { version, dueAt: due }] of awaited) {
        if ((seen.get(key) ?? 0) < version) continue;
        awaited.delete(key);
        if (due - startedAt >= task.warmUpSeconds * 1000) lagMs.push(now - due);
      }
    }
  };

  const watching = lookOut();
  for (let index = 0; index < count;) {
    while (index < count && dueAt(index) <= performance.now()) {
      const writing = write(index++).finally(() => underWay.delete(writing));
      underWay.add(writing);
    }
    await sleep(1);
  }
  await Promise.all(underWay);
  await watching;
  return { acknowledged, lagMs };
}

function versionIn(stamp: unknown): number {
  return Number((stamp as { readonly version?: unknown } | undefined)?.version ?? 0);
}
