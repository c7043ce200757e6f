import { versionAt } from '@redis-mongo-sync/sync-core';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from '@redis-mongo-sync/redis-streams';
import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
  type PrivateMongo,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import type { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import type { RunView, SyncReport } from '@redis-mongo-sync/sync-engine';
import { eventually } from '@redis-mongo-sync/testing';
import { ServiceProcess } from '../support/service-process.js';

const TOKEN = 'a-token-for-tests-only';

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

describeWith(describe, redisUnavailableReason())('healing, as people use it', () => {
  let server: PrivateRedis;
  let mongo: PrivateMongo;
  let client: MongoClient;
  let redis: Redis;
  let sync: ServiceProcess;
  let env: Record<string, string>;

  beforeAll(async () => {
    server = await startPrivateRedis({ appendonly: true });
    mongo = await startPrivateMongo();
    client = await MongoClient.connect(mongo.uri);
    redis = connect({ url: server.url, profile: 'commands' });
    env = {
      REDIS_URL: server.url,
      MONGODB_URI: mongo.uri,
      MONGODB_DATABASE: mongo.database,
      ADMIN_TOKEN: TOKEN,
    };
    sync = await ServiceProcess.start('sync-service', env);
    env.SYNC_SERVICE_URL = sync.url;
    const at = Date.now() - 1_000;
    await users().insertMany(
      Array.from({ length: 2_500 }, (_, i) => ({
        email: `h${i}@example.org`,
        name: `n${i}`,
        _sync: { version: versionAt(at), source: 'mongo' },
      })),
    );
    await eventually(async () => (await redis.zcard('index:users')) === 2_500, { timeoutMs: 30_000 });
  }, 60_000);
  afterAll(async () => {
    await sync.end('SIGTERM');
    redis.disconnect();
    await client.close();
    await mongo.stop();
    await server.stop();
  });

  const users = () => client.db(mongo.database).collection('users');

  async function ask(method: string, path: string, body?: unknown, token = TOKEN) {
    const response = await fetch(sync.url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async function ended(id: string): Promise<RunView> {
    return eventually<RunView | false>(
      async () => {
        const view = (await ask('GET', `/reconcile/${id}`)).body as unknown as RunView;
        return view.state === 'running' ? false : view;
      },
      { timeoutMs: 30_000 },
    );
  }

  /** A command line, as the npm script runs it once the build is there. */
  function launch(command: 'reconcile' | 'backfill', args: readonly string[], more = {}): ChildProcess {
    const module = `dist/apps/sync-service/src/${command}/main.js`;
    if (!existsSync(module)) throw new Error(`${module} is missing: npm run build makes it`);
    return spawn(process.execPath, [module, ...args], {
      env: { ...process.env, NODE_OPTIONS: '', ...env, ...more },
    });
  }

  async function endOf(child: ChildProcess): Promise<Ended> {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  const run = (command: 'reconcile' | 'backfill', ...args: readonly string[]) => endOf(launch(command, args));

  it('POST /reconcile: for administrators, and with a checked body', async () => {
    expect((await ask('POST', '/reconcile', {}, 'wrong-token')).status).toBe(401);
    const wrong = await ask('POST', '/reconcile', {
      mode: 'all',
      sample: 0,
      rate: -1,
      extra: 1,
      entity: 'x',
      foo: 1,
    });
    expect(wrong.status).toBe(400);
    const fields = (wrong.body.errors as { field: string }[]).map(({ field }) => field).sort();
    expect(fields).toEqual(['/entity', '/extra', '/foo', '/mode', '/rate', '/sample']);
    expect((await ask('POST', '/reconcile', [])).status).toBe(400);
    expect((await ask('GET', '/reconcile/none')).status).toBe(404);
    expect((await ask('DELETE', '/reconcile/none')).status).toBe(404);
  });

  it('a sample is answered when it is done, a full run at once; one at a time; a run can be ended', async () => {
    const sample = await ask('POST', '/reconcile', { sample: 50 });
    expect(sample).toMatchObject({ status: 200, body: { state: 'done', report: { left: 0 } } });
    const full = await ask('POST', '/reconcile', { mode: 'full', rate: 100 });
    expect(full).toMatchObject({ status: 202, body: { state: 'running', endedAt: null } });
    const id = String(full.body.id);
    expect((await ask('POST', '/reconcile', {})).status).toBe(409);
    await eventually(async () => (await ask('GET', `/reconcile/${id}`)).body.etaSeconds !== null);
    expect(await ask('DELETE', `/reconcile/${id}`)).toMatchObject({
      status: 200,
      body: { state: 'cancelled' },
    });
    const list = await ask('GET', '/reconcile');
    expect((list.body.runs as RunView[]).map(({ state }) => state).slice(0, 2)).toEqual([
      'cancelled',
      'done',
    ]);
  });

  it('finds, repairs and shows differences in health and metrics', async () => {
    await redis.del('user:h7@example.org');
    const dry = await ask('POST', '/reconcile', { mode: 'full' });
    expect(await ended(String(dry.body.id))).toMatchObject({
      state: 'done',
      report: { left: 1, differences: [{ key: 'h7@example.org', kind: 'missing', left: true }] },
    });
    expect(sync.output.some((line) => line.includes('SYNC_304'))).toBe(true);
    const report = (await (await fetch(`${sync.url}/metrics`)).json()) as SyncReport;
    expect(report.reconcile).toMatchObject({ mode: 'full', differ: 1 });
    const text = await (await fetch(`${sync.url}/metrics`, { headers: { accept: 'text/plain' } })).text();
    expect(text).toMatch(/^sync_reconcile_differing 1$/m);
    expect(text).toMatch(/^sync_oplog_window_seconds \d/m);
    expect(text).not.toMatch(/^sync_snapshot_documents /m);
    const health = (await (await fetch(`${sync.url}/health`)).json()) as { details: Record<string, unknown> };
    expect(health.details.reconcile).toMatchObject({ running: false, last: { differ: 1 } });
    expect(health.details.capture).toMatchObject({ mode: 'streaming', oplog: { danger: false } });
    const mended = await ask('POST', '/reconcile', { mode: 'full', repair: true });
    expect(await ended(String(mended.body.id))).toMatchObject({ report: { left: 0, repaired: 1 } });
  });

  it('npm run tool -- reconcile: 0 when equal, 1 when not, 2 on wrong usage; --repair mends', async () => {
    expect(await run('reconcile', '--full')).toMatchObject({
      code: 0,
      output: expect.stringContaining('0 differ') as string,
    });
    await redis.del('user:h8@example.org');
    const differs = await run('reconcile', '--full');
    expect(differs.code).toBe(1);
    expect(differs.output).toContain('missing');
    expect(differs.output).toContain('h8@example.org');
    expect(await redis.exists('user:h8@example.org')).toBe(0);
    const repaired = await run('reconcile', '--full', '--repair');
    expect(repaired.code).toBe(0);
    expect(repaired.output).toContain('repaired');
    expect(await redis.exists('user:h8@example.org')).toBe(1);
    expect((await run('reconcile', '--full', '--sample', '5')).code).toBe(2);
    expect((await run('reconcile', '--wrong')).code).toBe(2);
    expect((await run('reconcile', '--depth', 'deep')).code).toBe(2);
    expect(await endOf(launch('reconcile', [], { ADMIN_TOKEN: 'another-token-of-nobody' }))).toMatchObject({
      code: 1,
    });
    const nobody = await run('reconcile', '--url', 'http://127.0.0.1:9');
    expect(nobody).toMatchObject({ code: 1, output: expect.stringContaining('Next: npm start') as string });
  }, 60_000);

  it('npm run tool -- reconcile: Ctrl-C ends the run in the service', async () => {
    const child = launch('reconcile', ['--full', '--rate', '50']);
    const end = endOf(child);
    await eventually(async () => {
      const { runs } = (await ask('GET', '/reconcile')).body as unknown as { runs: RunView[] };
      return runs[0]?.state === 'running';
    });
    child.kill('SIGINT');
    expect(await end).toMatchObject({ code: 1, output: expect.stringContaining('Interrupted') as string });
    const { runs } = (await ask('GET', '/reconcile')).body as unknown as { runs: RunView[] };
    expect(runs[0]?.state).toBe('cancelled');
  });

  it('npm run tool -- backfill: dry run, Ctrl-C with a word on how to go on, and going on', async () => {
    const dry = await run('backfill', '--from', 'mongo', '--dry-run');
    expect(dry).toMatchObject({ code: 0, output: expect.stringContaining('nothing was changed') as string });
    const child = launch('backfill', ['--from', 'mongo', '--rate', '200']);
    const end = endOf(child);
    await eventually(async () => (await redis.exists('sync:backfill:mongo:users')) === 1);
    child.kill('SIGINT');
    const interrupted = await end;
    expect(interrupted.code).toBe(130);
    expect(interrupted.output).toContain('npm run tool -- backfill --from mongo --entity users');
    const rest = await run('backfill', '--from', 'mongo');
    expect(rest.code).toBe(0);
    expect(rest.output).toContain('going on behind');
    expect(rest.output).toContain('2,500 records');
  }, 60_000);

  it('npm run tool -- backfill --from redis: adopts; wrong usage is 2', async () => {
    await redis.set('user:adopted@example.org', '{"name":"Ada"}');
    await redis.set('user:broken@example.org', 'x');
    const adopted = await run('backfill', '--from', 'redis');
    expect(adopted.code).toBe(0);
    expect(adopted.output).toMatch(/1 {2}adopted/);
    expect(adopted.output).toContain('user:broken@example.org: not a JSON object');
    await eventually(async () => (await users().countDocuments({ email: 'adopted@example.org' })) === 1);
    expect((await run('backfill')).code).toBe(2);
    expect((await run('backfill', '--from', 'disk')).code).toBe(2);
    expect((await run('backfill', '--from', 'mongo', '--rate', 'x')).code).toBe(2);
    expect((await run('backfill', '--help')).code).toBe(0);
  }, 60_000);
});
