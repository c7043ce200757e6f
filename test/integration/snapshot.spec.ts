import { setTimeout as sleep } from 'node:timers/promises';
import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  type PrivateMongo,
} from '@redis-mongo-sync/dev-servers';
import { startEmbeddedMongo } from '@redis-mongo-sync/embedded-mongo';
import { readOplogWindow } from '@redis-mongo-sync/sync-adapters';
import { differencesFound, versionAt } from '@redis-mongo-sync/sync-core';
import { sampleOf, type CaptureStatus } from '@redis-mongo-sync/sync-engine';
import { eventually } from '@redis-mongo-sync/testing';
import { SyncBench, user } from '../support/sync-bench.js';

const withRedis = describeWith(describe, redisUnavailableReason());
let n = 0;
const email = () => `snap${n++}@example.org`;

/** Documents as outsiders insert them: with a version, so that nothing but the snapshot makes them travel. */
function documents(count: number) {
  const at = Date.now() - 60_000;
  return Array.from({ length: count }, () => ({
    email: email(),
    name: 'Ada',
    _sync: { version: versionAt(at), source: 'mongo' },
  }));
}

async function equal(bench: SyncBench): Promise<void> {
  const request = { ...sampleOf('users', 1), mode: 'full' as const };
  await eventually(
    async () => {
      const started = bench.engine.reconcile.start(request);
      const report = started && (await bench.engine.reconcile.ended(started.id))?.report;
      if (!report) return false;
      expect(differencesFound(report)).toBe(0);
      expect(report.settling).toBe(0);
      return true;
    },
    { timeoutMs: 30_000 },
  );
}

/** Keeps writing on both sides until `during` is done; no writer stops for a recovery. */
async function beside(bench: SyncBench, during: () => Promise<void>): Promise<void> {
  let going = true;
  const keys = Array.from({ length: 30 }, email);
  const writers = [bench.mongo(), bench.inRedis()].map(async (store, side) => {
    for (let i = 0; going; i++) {
      await store
        .write(user(keys[(i * 7 + side) % keys.length] ?? '', { name: `n${i}` }))
        .catch(() => undefined);
      await sleep(1);
    }
  });
  try {
    await during();
  } finally {
    going = false;
    await Promise.all(writers);
  }
}

withRedis('snapshots', () => {
  let bench: SyncBench;
  afterEach(() => bench.stop());

  it('waits for room in the stream, says how far it is, and is done when everything is published', async () => {
    bench = await SyncBench.start({ engine: { maxStreamLength: 1_000 } });
    await bench.db.collection('users').insertMany(documents(12_000));
    const seen: CaptureStatus[] = [];
    const watching = setInterval(() => seen.push(bench.engine.status.capture), 5);
    try {
      bench.engine.start();
      await eventually(async () => (await bench.redis.zcard('index:users')) === 12_000, {
        timeoutMs: 30_000,
      });
      await eventually(() => bench.engine.status.capture.mode === 'streaming');
    } finally {
      clearInterval(watching);
    }
    const progress = seen.flatMap(({ snapshot }) => (snapshot ? [snapshot] : []));
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.at(-1)).toMatchObject({ reason: 'no-position', entity: 'users', total: 12_000 });
    expect(progress.map(({ done }) => done)).toEqual(
      [...progress.map(({ done }) => done)].sort((a, b) => a - b),
    );
    expect(bench.engine.status.capture.snapshot).toBeNull();
    expect(bench.log.some((line) => line.includes('snapshot complete: 12000 documents'))).toBe(true);
    await equal(bench);
  }, 60_000);

  it('I13: a wiped Redis is filled again beside live writers, and both sides end equal', async () => {
    bench = await SyncBench.start();
    await bench.db.collection('users').insertMany(documents(3_000));
    await bench.up();
    await eventually(async () => (await bench.redis.zcard('index:users')) >= 3_000);
    await beside(bench, async () => {
      await sleep(200);
      await bench.redis.flushall();
      await eventually(() => bench.log.some((line) => line.includes('snapshotting (redis-wiped)')));
      await eventually(() => bench.engine.status.capture.mode === 'streaming');
      await eventually(async () => (await bench.redis.zcard('index:users')) >= 3_000);
    });
    await equal(bench);
  }, 60_000);

  it('I13: a lost history is made up for beside live writers, and both sides end equal', async () => {
    const server = await startEmbeddedMongo({ oplogEntries: 500 });
    const mongo: PrivateMongo = {
      uri: server.uri,
      database: 'snapshots',
      kind: 'embedded',
      provider: 'embedded',
      why: 'a short oplog',
      stop: () => server.stop(),
    };
    bench = await SyncBench.start({ mongo });
    await bench.up();
    await bench.mongo().write(user(email()));
    await bench.engine.stop(2_000);
    await beside(bench, async () => {
      const lost = documents(2_000);
      await bench.db.collection('users').insertMany(lost);
      const window = await readOplogWindow(bench.client);
      expect(window.known).toBe(true);
      bench.engine = bench.newEngine();
      bench.engine.start();
      await eventually(() => bench.log.some((line) => line.includes('SYNC_101')));
      await eventually(() => bench.log.some((line) => line.includes('snapshotting (history-lost)')));
      await eventually(() => bench.engine.status.capture.mode === 'streaming');
    });
    await equal(bench);
  }, 60_000);

  it('knows where the position lies in the oplog', async () => {
    bench = await SyncBench.start({ mongo: await startPrivateMongo() });
    await bench.up();
    await bench.mongo().write(user(email()));
    const status = await bench.engine.status.lookAtOplog();
    if ('unknown' in status) throw new Error(status.unknown);
    expect(status.windowMs).toBeGreaterThanOrEqual(0);
    expect(status.positionAgeMs).toBeGreaterThanOrEqual(0);
    expect(status.danger).toBe(false);
  });
});

withRedis('the consistency figure on real stores', () => {
  let bench: SyncBench;
  beforeAll(async () => {
    bench = await SyncBench.start();
    await bench.up();
  });
  afterAll(() => bench.stop());

  it('is of writes on both sides that arrived in time', async () => {
    expect(bench.engine.status.consistency).toMatchObject({ within1s: null, samples: 0 });
    await beside(bench, async () => {
      await eventually(() => bench.engine.status.consistency.samples >= 6);
    });
    await eventually(() => bench.engine.status.consistency.within1s !== null);
    const { within60s } = bench.engine.status.consistency;
    expect(within60s).toBeGreaterThan(0.5);
  });
});
