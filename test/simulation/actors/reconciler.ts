import {
  formatRecord,
  reconcile,
  type Bucket,
  type CaptureProgress,
  type MongoSide,
  type RedisHolding,
  type RedisSide,
  type ReconcileReport,
} from '@redis-mongo-sync/sync-core';
import { TaskLink, type Link } from '../engine/link.js';
import type { SimWorld } from '../engine/sim-world.js';
import { Task } from '../engine/task.js';
import { imageOf, imageOfTombstone, isRecord } from '../stores/doc.js';
import { SimAuthority } from '../stores/mongo-ports.js';
import { SimJournal, SimProjections } from '../stores/redis-ports.js';
import type { SimMongo } from '../stores/sim-mongo.js';
import type { SimRedis } from '../stores/sim-redis.js';

interface Stores {
  readonly world: SimWorld;
  readonly mongo: SimMongo;
  readonly redis: SimRedis;
}

/** Reaches both stores however the services are cut off. */
const NO_SERVICE = -1;

/** Runs the real reconcile as a task of its own; `extra`: what becomes of records that only Redis has. */
export async function startReconcile(
  stores: Stores,
  extra: 'emit' | 'remove',
  onReport: (report: ReconcileReport) => void,
): Promise<Task> {
  const { world, redis, mongo } = stores;
  const task = new Task('reconcile');
  const toMongo = new TaskLink(world, task, 'mongo', NO_SERVICE);
  const toRedis = new TaskLink(world, task, 'redis', NO_SERVICE);
  const clock = world.clock(task);
  const run = {
    entity: world.entity,
    request: {
      entity: world.entity.name,
      mode: 'full',
      sample: 0,
      depth: 'content',
      repair: true,
      extra,
      rate: 0,
    },
    stores: {
      journal: new SimJournal(redis, toRedis, world.mutation),
      authority: new SimAuthority(mongo, toMongo),
      projections: new SimProjections(redis, toRedis, world.mutation),
      mongo: mongoSide(mongo, toMongo),
      redis: redisSide(redis, toRedis),
      capture: progress(stores, toMongo, toRedis),
    },
    clock: {
      now: () => world.now,
      pause: (ms: number) => new Promise<void>((done) => clock.after(ms, done)),
    },
    signal: new AbortController().signal,
  } as const;
  await task.start(
    async () => onReport(await reconcile(run)),
    (error) => world.violated(`reconcile failed: ${String(error)}`),
  );
  return task;
}

function mongoSide(mongo: SimMongo, link: Link): MongoSide {
  const { entity } = mongo;
  return {
    estimate: () => link.call('estimate', () => mongo.docs.size),
    page: (_entity, { after, limit }) =>
      link.call('page', () => {
        const living = [...mongo.docs.values()].filter(isRecord).map((doc) => imageOf(entity, doc));
        const dead = [...mongo.tombstones.values()].filter(({ key }) => !mongo.at(key)).map(imageOfTombstone);
        const images = [...living, ...dead]
          .filter(({ key }) => after === null || key > after)
          .sort((a, b) => (a.key < b.key ? -1 : 1))
          .slice(0, limit);
        return { images, upTo: images.length < limit ? null : (images.at(-1)?.key ?? null) };
      }),
    randomKeys: () => Promise.resolve([]),
  };
}

function redisSide(redis: SimRedis, link: Link): RedisSide {
  const digest = (key: string, text: string) => `${key}\n${text}\n`;
  const inFlight = (key: string) => Object.values(redis.streams).some((stream) => stream.inFlight.has(key));
  const isLive = (key: string) => redis.held.get(key)?.payload != null;
  const holding = (key: string): RedisHolding => {
    const held = redis.held.get(key);
    const state = !held ? 'absent' : held.payload === null ? 'deleted' : 'live';
    return {
      state,
      version: held?.version ?? 0,
      digest: state === 'live' ? digest(key, held?.text ?? '') : '',
      indexed: redis.index.has(key),
      inFlight: inFlight(key),
    };
  };
  return {
    bucket: () =>
      link.call('bucket', (): Bucket => {
        const keys = [...redis.index].filter(isLive).sort();
        const all = keys.map((key) => digest(key, redis.held.get(key)?.text ?? '')).join('');
        return { digest: all, count: keys.length, lastKey: keys.at(-1) ?? null, more: false };
      }),
    keys: () => link.call('keys', () => [...redis.index].sort()),
    holdings: (_entity, keys) => link.call('holdings', () => keys.map(holding)),
    randomKeys: () => Promise.resolve([]),
    mendIndex: (_entity, keys) =>
      link.call('mend', () => {
        for (const key of keys) {
          if (isLive(key)) redis.index.add(key);
          else redis.index.delete(key);
        }
      }),
    digestOf: (event) => digest(event.key, formatRecord(event)),
    digestOfAll: (digests) => digests.join(''),
  };
}

function progress({ mongo, redis }: Stores, toMongo: Link, toRedis: Link): CaptureProgress {
  return {
    now: () => toMongo.call('now', () => BigInt(mongo.oplog.length)),
    hasPassed: (time) =>
      toRedis.call('passed', () => {
        const position = JSON.parse(redis.position ?? 'null') as { feed: string; snapshot?: unknown } | null;
        return position !== null && !position.snapshot && BigInt(position.feed) >= time;
      }),
  };
}
