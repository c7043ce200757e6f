import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
  type PrivateMongo,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { MongoConflictLog, MongoRecordStore, RedisRecordStore } from '@redis-mongo-sync/sync-adapters';
import { USERS, type RecordStore } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { eventually } from '@redis-mongo-sync/testing';
import { ServiceProcess } from '../support/service-process.js';
import { fieldsOfState, user } from '../support/sync-bench.js';

const TOKEN = 'a-token-for-tests-only';
const NONE = { kind: 'none' } as const;

interface Side {
  readonly version: number;
  readonly deleted: boolean;
  readonly content: Readonly<Record<string, unknown>> | null;
}

interface HistoryBody {
  readonly stores: { readonly equal: boolean; readonly mongo: unknown; readonly redis: unknown };
  readonly conflicts: readonly {
    readonly id: string;
    readonly explanation: string;
    readonly winner: Side;
    readonly loser: Side;
  }[];
  readonly next: string | null;
  readonly outcome?: string;
  readonly version?: number;
  readonly code?: string;
  readonly status?: string;
}

describeWith(describe, redisUnavailableReason())('the history of a record, over HTTP', () => {
  let server: PrivateRedis;
  let mongo: PrivateMongo;
  let redis: Redis;
  let client: MongoClient;
  let sync: ServiceProcess;
  let inMongo: RecordStore;
  let inRedis: RecordStore;
  const [lostInRedis, lostInMongo, lostDelete] = ['ada@example.org', 'grace@example.org', 'alan@example.org'];

  async function ask(path: string, method = 'GET', token: string | null = TOKEN) {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(sync.url + path, { method, headers });
    return { status: response.status, body: (await response.json()) as HistoryBody };
  }
  const history = (key: string, query = '') => ask(`/records/${encodeURIComponent(key)}/history${query}`);
  const restore = (key: string, id: string) =>
    ask(`/records/${encodeURIComponent(key)}/history/${id}/restore`, 'POST');

  const isSynced = (key: string) =>
    eventually(async () => expect((await history(key)).body.stores.equal).toBe(true), { timeoutMs: 20_000 });

  async function write(store: RecordStore, key: string, name: string): Promise<void> {
    const before = Date.now();
    await eventually(() => Date.now() > before + 1); // no two writes in one millisecond: the later one wins
    await store.write(user(key, { name }));
  }

  beforeAll(async () => {
    server = await startPrivateRedis();
    mongo = await startPrivateMongo();
    redis = connect({ url: server.url, profile: 'commands' });
    client = await MongoClient.connect(mongo.uri);
    inMongo = new MongoRecordStore({ client, db: client.db(mongo.database), entity: USERS });
    inRedis = new RedisRecordStore({ redis, entity: USERS });
    sync = await ServiceProcess.start('sync-service', {
      REDIS_URL: server.url,
      MONGODB_URI: mongo.uri,
      MONGODB_DATABASE: mongo.database,
      ADMIN_TOKEN: TOKEN,
    });
    for (const key of [lostInRedis, lostInMongo, lostDelete]) await write(inMongo, key, 'first');
    for (const key of [lostInRedis, lostInMongo, lostDelete]) await isSynced(key);
    // While nothing syncs, neither side knows of the other.
    await sync.end('SIGTERM');
    await write(inRedis, lostInRedis, 'from Redis');
    await write(inMongo, lostInRedis, 'from Mongo');
    await write(inMongo, lostInMongo, 'from Mongo');
    await write(inRedis, lostInMongo, 'from Redis');
    await inRedis.remove({ key: lostDelete, precondition: NONE });
    await write(inMongo, lostDelete, 'from Mongo');
    await sync.launch();
    for (const key of [lostInRedis, lostInMongo, lostDelete]) {
      await eventually(async () => expect((await history(key)).body.conflicts).toHaveLength(1), {
        timeoutMs: 20_000,
      });
      await isSynced(key);
    }
  }, 90_000);

  afterAll(async () => {
    await sync.end('SIGTERM');
    redis.disconnect();
    await client.close();
    await mongo.stop();
    await server.stop();
  });

  it('is closed without the token, and with a wrong one', async () => {
    for (const [path, method] of [
      ['/conflicts', 'GET'],
      [`/records/${lostInRedis}/history`, 'GET'],
      [`/records/${lostInRedis}/history/1-redis/restore`, 'POST'],
    ] as const) {
      expect((await ask(path, method, null)).status).toBe(401);
      expect((await ask(path, method, 'wrong')).status).toBe(401);
    }
  });

  it('explains which write won, why, and what lost', async () => {
    const { body } = await history(` ${lostInRedis.toUpperCase()}`); // the key is normalised
    expect(body.stores).toMatchObject({ equal: true, mongo: { state: 'live', source: 'mongo' } });
    const [conflict] = body.conflicts;
    expect(conflict?.explanation).toMatch(
      /^The Redis-first write of \S+Z lost to the Mongo-first write of \S+Z, which MongoDB held already when it arrived: higher version wins; both were made without knowing of each other\.$/,
    );
    expect(conflict?.loser.content).toEqual({ email: lostInRedis, name: 'from Redis' });
    expect(conflict?.winner.content).toEqual({ email: lostInRedis, name: 'from Mongo' });
    expect((await history(lostInMongo)).body.conflicts[0]?.explanation).toContain('overwrote it in MongoDB');
    expect((await history(lostDelete)).body.conflicts[0]?.explanation).toContain('The Redis-first delete of');
  });

  it('says nothing of an unknown record', async () => {
    const { status, body } = await history('nobody@example.org');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      stores: { mongo: { state: 'absent' }, redis: { state: 'absent' } },
      conflicts: [],
    });
  });

  it('pages through the conflicts of all records, newest first', async () => {
    const seen: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const { body } = await ask(`/conflicts?limit=1${next === '' ? '' : `&before=${next}`}`);
      seen.push(...body.conflicts.map(({ id }) => id));
      next = body.next;
    }
    expect(seen).toHaveLength(3);
    expect(new Set(seen).size).toBe(3);
  });

  it.each([
    ['/conflicts?limit=0', 'invalid-query'],
    ['/conflicts?limit=201', 'invalid-query'],
    ['/conflicts?before=nonsense', 'invalid-query'],
    ['/conflicts?unknown=1', 'invalid-query'],
    ['/records/ada@example.org/history?entity=secrets', 'invalid-query'],
    ['/records/no-email/history', 'invalid-email'],
  ])('refuses %s: %s', async (path, code) => {
    expect(await ask(path)).toMatchObject({ status: 400, body: { code } });
  });

  it('restores a losing version as a new write, which arrives in Redis', async () => {
    const { body } = await history(lostInRedis);
    const id = body.conflicts[0]?.id ?? '';
    const restored = await restore(lostInRedis, id);
    expect(restored).toMatchObject({ status: 200, body: { outcome: 'updated', source: 'mongo' } });
    expect(restored.body.version).toBeGreaterThan(body.conflicts[0]?.winner.version ?? Infinity);
    await eventually(async () => {
      const state = await inRedis.get(lostInRedis);
      expect(fieldsOfState(state)).toEqual({ email: lostInRedis, name: 'from Redis' });
      expect(state.state === 'live' && state.record.version).toBe(restored.body.version);
    });
    expect(await restore(lostInRedis, id)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('restores a losing delete', async () => {
    const { body } = await history(lostDelete);
    const restored = await restore(lostDelete, body.conflicts[0]?.id ?? '');
    expect(restored).toMatchObject({ status: 200, body: { outcome: 'removed' } });
    await eventually(async () => expect((await inRedis.get(lostDelete)).state).toBe('deleted'));
  });

  it('answers 404 for a version that is not kept, and 410 for one whose content was too large', async () => {
    for (const id of ['1-redis', 'nonsense', '99999999999999999-redis']) {
      expect(await restore(lostInMongo, id)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    }
    const side = { version: 7, source: 'redis', updatedAt: 0 } as const;
    const content = { email: lostInMongo, name: 'x'.repeat(5_000_000) };
    await new MongoConflictLog(client.db(mongo.database)).keep([
      {
        entity: 'users',
        key: lostInMongo,
        reason: 'newer-version',
        how: 'discarded',
        winner: { ...side, version: 8, content: null },
        loser: { ...side, content },
      },
    ]);
    expect(await restore(lostInMongo, '7-redis')).toMatchObject({
      status: 410,
      body: { code: 'version-not-kept' },
    });
  });

  it('I18: what is missing from a stream is noticed at the start, told, and re-emitted', async () => {
    const key = 'missing@example.org';
    await sync.end('SIGTERM');
    await write(inRedis, key, 'Vera');
    await redis.xtrim('redis_changes', 'MAXLEN', 0);
    await sync.launch();
    await eventually(() => expect(sync.output.join('\n')).toContain('SYNC_203'), { timeoutMs: 30_000 });
    await eventually(async () => expect((await ask('/health')).status).toBe(200), { timeoutMs: 30_000 });
    await eventually(async () => {
      expect(fieldsOfState(await inMongo.get(key))).toEqual({ email: key, name: 'Vera' });
    });
  });
});
