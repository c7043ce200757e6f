import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import {
  differencesFound,
  formatRecord,
  payloadOf,
  USERS,
  versionAt,
  type DifferenceKind,
  type EntityDefinition,
  type ReconcileReport,
  type ReconcileRequest,
} from '@redis-mongo-sync/sync-core';
import { eventually, Random } from '@redis-mongo-sync/testing';
import { SyncBench, user } from '../support/sync-bench.js';

const SEED = Number(process.env.RECONCILE_SEED ?? 20261121);
const NONE = { kind: 'none' } as const;
const DRY: ReconcileRequest = {
  entity: 'users',
  mode: 'full',
  sample: 0,
  depth: 'content',
  repair: false,
  extra: 'emit',
  rate: 0,
};

async function run(bench: SyncBench, request: Partial<ReconcileRequest> = {}): Promise<ReconcileReport> {
  const started = bench.engine.reconcile.start({ ...DRY, ...request });
  if (!started) throw new Error('another run is under way');
  const ended = await bench.engine.reconcile.ended(started.id);
  if (!ended?.report || ended.state !== 'done')
    throw new Error(`the run ended as ${ended?.state}: ${ended?.error}`);
  return ended.report;
}

const found = (report: ReconcileReport) =>
  Object.fromEntries(report.differences.map(({ key, kind }) => [key, kind])) as Record<
    string,
    DifferenceKind
  >;

describeWith(describe, redisUnavailableReason())(`reconcile (seed ${SEED})`, () => {
  let bench: SyncBench;
  beforeAll(async () => {
    bench = await SyncBench.start();
    await bench.up();
  });
  afterAll(() => bench.stop());

  const users = () => bench.db.collection('users');
  const redisText = (key: string) => bench.redis.get(`user:${key}`);

  /** Everything that both stores hold, to see that a dry run changes nothing. */
  async function everything(): Promise<string> {
    const documents = await users().find().sort({ email: 1 }).toArray();
    const names = (await bench.redis.keys('*user*')).sort();
    const texts = names.length === 0 ? [] : await bench.redis.mget(names);
    const index = await bench.redis.zrange('index:users', '0', '-1');
    return JSON.stringify({ documents, names, texts, index });
  }

  it('names every kind of difference, changes nothing in a dry run, repairs each, and verifies it', async () => {
    const keys = ['missing', 'older', 'newer', 'different', 'unindexed', 'equal', 'grave', 'revenant'].map(
      (name) => `${name}@example.org`,
    ) as [string, string, string, string, string, string, string, string];
    const [missing, older, newer, different, unindexed, equal, grave, revenant] = keys;
    for (const key of keys) await bench.mongo().write(user(key, { name: 'Ada', list: [1, { a: null }] }));
    await bench.mongo().remove({ key: grave, precondition: NONE });
    await bench.settled(keys);
    await bench.redis.del(`user:${missing}`);
    await bench.redis.zrem('index:users', missing);
    const before = (await redisText(older)) ?? '';
    await bench.redis.set(`user:${older}`, before.replace(/"version":\d+/, '"version":1024'));
    const stamp = /"version":(\d+)/.exec((await redisText(newer)) ?? '')?.[1];
    const raised = ((await redisText(newer)) ?? '')
      .replace(/"version":\d+/, `"version":${Number(stamp) + 7}`)
      .replace('"Ada"', '"Bea"');
    await bench.redis.set(`user:${newer}`, raised);
    await bench.redis.set(
      `user:${different}`,
      ((await redisText(different)) ?? '').replace('"Ada"', '"Eve"'),
    );
    await bench.redis.zrem('index:users', unindexed);
    await bench.redis.zadd('index:users', 0, 'dangling@example.org');
    const extra = 'extra@example.org';
    const extraText = formatRecord({
      version: 2048,
      source: 'redis',
      payload: payloadOf({ email: extra, name: 'X' }),
    });
    await bench.redis.set(`user:${extra}`, extraText);
    await bench.redis.zadd('index:users', 0, extra);
    // Mongo deleted it, Redis still shows it.
    const shown = (await redisText(revenant)) ?? '';
    await bench.mongo().remove({ key: revenant, precondition: NONE });
    await eventually(async () => (await bench.inRedis().get(revenant)).state === 'deleted');
    await bench.redis.del(`tombstone:user:${revenant}`);
    await bench.redis.set(`user:${revenant}`, shown);
    await bench.redis.zadd('index:users', 0, revenant);

    const state = await everything();
    const dry = await run(bench);
    expect(found(dry)).toEqual({
      [missing]: 'missing',
      [older]: 'older',
      [newer]: 'newer',
      [different]: 'different',
      [unindexed]: 'unindexed',
      [extra]: 'extra',
      [revenant]: 'older',
      'dangling@example.org': 'dangling',
    });
    expect(dry).toMatchObject({ left: 8, repaired: 0, settling: 0 });
    expect(await everything()).toBe(state);

    const repaired = await run(bench, { repair: true });
    expect(repaired).toMatchObject({ repaired: 8, left: 0, settling: 0 });
    await bench.settled([...keys, extra]);
    expect(differencesFound(await run(bench))).toBe(0);
    expect(await bench.inRedis().get(newer)).toMatchObject({ record: { fields: { name: 'Bea' } } });
    expect(await bench.mongo().get(newer)).toMatchObject({ record: { fields: { name: 'Bea' } } });
    expect(await bench.inRedis().get(different)).toMatchObject({ record: { fields: { name: 'Ada' } } });
    expect((await bench.mongo().get(extra)).state).toBe('live');
    expect((await bench.mongo().get(equal)).state).toBe('live');
    expect((await bench.inRedis().get(revenant)).state).toBe('deleted');
  });

  it('removes what only Redis has, when asked to', async () => {
    const key = 'unwanted@example.org';
    const payload = payloadOf({ email: key });
    await bench.redis.set(`user:${key}`, formatRecord({ version: 2048, source: 'redis', payload }));
    await bench.redis.zadd('index:users', 0, key);
    expect(await run(bench, { repair: true, extra: 'remove' })).toMatchObject({ repaired: 1, left: 0 });
    await bench.settled([key]);
    expect((await bench.inRedis().get(key)).state).toBe('deleted');
    expect((await bench.mongo().get(key)).state).toBe('deleted');
  });

  it('reports a record that is not in the format of the product, and leaves it alone', async () => {
    const key = 'foreign@example.org';
    await bench.redis.set(`user:${key}`, `{"email":"${key}"}`);
    await bench.redis.zadd('index:users', 0, key);
    const report = await run(bench, { repair: true });
    expect(report).toMatchObject({ left: 1, repaired: 0, found: { extra: 1 } });
    expect(await redisText(key)).toBe(`{"email":"${key}"}`);
    await bench.redis.del(`user:${key}`);
    await bench.redis.zrem('index:users', key);
  });

  it('finds one flipped byte among 20,000 records, by digests, and mends it', async () => {
    const random = new Random(SEED);
    const documents = Array.from({ length: 20_000 }, (_, i) => ({
      email: `many${i}@example.org`,
      name: `n${i}`,
      _sync: { version: versionAt(1_700_000_000_000 + i), source: 'mongo' },
    }));
    await users().insertMany(documents);
    await eventually(async () => (await bench.redis.zcard('index:users')) >= 20_000, { timeoutMs: 30_000 });
    await bench.settled([]);
    const { email } = documents[Math.floor(random.next() * documents.length)] ?? documents[0]!;
    const text = Buffer.from((await redisText(email)) ?? '');
    const at = Math.floor(random.next() * text.length);
    text[at] = (text[at] ?? 0) ^ 1;
    await bench.redis.set(`user:${email}`, text);
    const report = await run(bench);
    expect(Object.keys(found(report))).toEqual([email]);
    expect(report).toMatchObject({ unequalBuckets: 1, left: 1 });
    expect(report.compared).toBeGreaterThanOrEqual(20_000);
    expect(await run(bench, { repair: true })).toMatchObject({ repaired: 1, left: 0 });
    expect(differencesFound(await run(bench))).toBe(0);
  }, 60_000);

  it('a sample finds what is different in what it looks at', async () => {
    const before = await run(bench, { mode: 'sample', sample: 100 });
    expect(before.compared).toBeGreaterThan(80);
    expect(differencesFound(before)).toBe(0);
    const keys = await bench.redis.zrange('index:users', '0', '-1');
    const pipeline = bench.redis.pipeline();
    for (const key of keys.slice(0, 10_000)) pipeline.del(`user:${key}`);
    await pipeline.exec();
    const report = await run(bench, { mode: 'sample', sample: 100 });
    expect(report.found.missing).toBeGreaterThan(10);
    expect(await run(bench, { repair: true })).toMatchObject({ left: 0, settling: 0 });
  }, 60_000);

  it('I20: beside live writers it finds no difference, repairs nothing, and moves nothing backwards', async () => {
    const random = new Random(SEED);
    const keys = Array.from({ length: 50 }, (_, i) => `live${i}@example.org`);
    let going = true;
    let writes = 0;
    const versions = new Map<string, number>();
    const writer = async (side: 'mongo' | 'inRedis') => {
      while (going) {
        const key = random.pick(keys);
        if (random.next() < 0.1) await bench[side]().remove({ key, precondition: NONE });
        else {
          const result = await bench[side]().write(user(key, { name: `${side}${writes}` }));
          if ('record' in result) versions.set(key, Math.max(versions.get(key) ?? 0, result.record.version));
        }
        writes += 1;
      }
    };
    const writers = [writer('mongo'), writer('inRedis'), writer('mongo'), writer('inRedis')];
    try {
      await eventually(() => writes > 100);
      for (let i = 0; i < 3; i++) {
        const report = await run(bench, { repair: true });
        expect({ differences: report.differences, repaired: report.repaired }).toEqual({
          differences: [],
          repaired: 0,
        });
      }
    } finally {
      going = false;
      await Promise.all(writers);
    }
    await bench.settled(keys);
    for (const [key, version] of versions) {
      const state = await bench.mongo().get(key);
      const held =
        state.state === 'live' ? state.record.version : state.state === 'deleted' ? state.stamp.version : 0;
      expect(held).toBeGreaterThanOrEqual(version);
    }
  }, 120_000);
});

describeWith(describe, redisUnavailableReason())('the sample that is taken from time to time', () => {
  it('is taken by the sync-service that captures, and raises an alert when differences persist', async () => {
    const bench = await SyncBench.start({ engine: { reconcileEveryMs: 300, reconcileSample: 20 } });
    try {
      await bench.up();
      const standby = bench.newEngine();
      standby.start();
      await eventually(() => standby.status.capture.mode === 'standby');
      await bench.mongo().write(user('sampled@example.org'));
      await eventually(() => bench.engine.reconcile.last?.report?.compared === 1);
      expect(bench.engine.reconcile.last).toMatchObject({ trigger: 'schedule', report: { left: 0 } });
      await bench.redis.del('user:sampled@example.org');
      await eventually(() => bench.log.some((line) => line.includes('SYNC_304 1 of 1 records differ')));
      expect(standby.reconcile.list()).toEqual([]);
    } finally {
      await bench.stop();
    }
  });
});

describeWith(describe, redisUnavailableReason())(
  'reconcile of an entity with a filter and a time to live',
  () => {
    const SESSIONS: EntityDefinition = {
      ...USERS,
      name: 'sessions',
      collection: 'sessions',
      keyTemplate: 'session:{key}:now',
      ttlSeconds: 3600,
      filter: ({ hidden }) => hidden !== true,
    };
    let bench: SyncBench;
    beforeAll(async () => {
      bench = await SyncBench.start({ entities: [SESSIONS] });
      await bench.up();
    });
    afterAll(() => bench.stop());
    const sessions = (depth: ReconcileRequest['depth']) => run(bench, { entity: 'sessions', depth });

    it('takes neither what the filter hides nor what has expired for a difference', async () => {
      const [shown, hidden, expired] = [
        'shown@example.org',
        'hidden@example.org',
        'expired@example.org',
      ] as const;
      await bench.mongo(SESSIONS).write(user(shown));
      await bench.mongo(SESSIONS).write(user(hidden, { name: 'h', hidden: true }));
      const old = Date.now() - 2 * 3600 * 1000;
      const _sync = { version: versionAt(old), source: 'mongo' };
      const document = { email: expired, name: 'e', _sync };
      await bench.db.collection('sessions').insertOne(document);
      await eventually(async () => (await bench.redis.zcard('index:sessions')) === 2);
      await bench.redis.del(`session:${expired}:now`);
      expect(differencesFound(await sessions('content'))).toBe(0);
      expect(differencesFound(await sessions('versions'))).toBe(0);
      await bench.redis.del(`session:${shown}:now`);
      expect(found(await sessions('versions'))).toEqual({ [shown]: 'missing' });
    });
  },
);
