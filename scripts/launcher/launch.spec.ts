import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createTempFolder,
  describeWith,
  freePort,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
  type PrivateMongo,
  type PrivateRedis,
  type TempFolder,
} from '@redis-mongo-sync/dev-servers';
import { eventually, isAlive } from '@redis-mongo-sync/testing';

const LAUNCHER = join(process.cwd(), 'dist/scripts/launcher/launch.js');

/** Stands in for a service: healthy at once, notes its pid, dies when it is asked for `/die`. */
const STUB = `
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
appendFileSync(process.env.PIDS, process.pid + '\\n');
const server = createServer((request, response) => {
  response.end('{}');
  if (request.url === '/die') process.exit(7);
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
process.on('SIGTERM', () => {
  console.log('stopping in order');
  process.exit(0);
});
`;

/** Runs the built launcher over a project whose services are stubs. */
const RUNNER = `
const { launch } = await import(process.env.LAUNCHER);
process.exitCode = await launch({
  args: JSON.parse(process.env.ARGS),
  root: process.env.ROOT,
  dataFolder: process.env.ROOT + '/data',
  register: () => () => console.log('unregistered'),
  onStopRequest: () => undefined,
});
`;

describeWith(describe, redisUnavailableReason())('the launcher', () => {
  let redis: PrivateRedis;
  let mongo: PrivateMongo;
  let project: TempFolder;
  let ports: Record<
    'API_GATEWAY_PORT' | 'USER_SERVICE_PORT' | 'EVENT_SERVICE_PORT' | 'SYNC_SERVICE_PORT',
    string
  >;
  const launches: ChildProcess[] = [];

  beforeAll(async () => {
    if (!existsSync(LAUNCHER)) throw new Error('The launcher has not been built: run "npm run build" first.');
    [redis, mongo] = await Promise.all([startPrivateRedis({ appendonly: true }), startPrivateMongo()]);
  });

  afterAll(() => Promise.all([redis.stop(), mongo.stop()]));

  beforeEach(async () => {
    project = createTempFolder('project');
    writeFileSync(join(project.path, 'package.json'), '{"type":"module"}');
    for (const service of ['api-gateway', 'user-service', 'event-service', 'sync-service']) {
      mkdirSync(join(project.path, 'dist/apps', service), { recursive: true });
      writeFileSync(join(project.path, 'dist/apps', service, 'main.js'), STUB);
    }
    const [gateway, user, event, sync] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    ports = {
      API_GATEWAY_PORT: String(gateway),
      USER_SERVICE_PORT: String(user),
      EVENT_SERVICE_PORT: String(event),
      SYNC_SERVICE_PORT: String(sync),
    };
  });

  afterEach(async () => {
    for (const child of launches.splice(0)) child.kill('SIGKILL');
    await project.remove();
  });

  const pids = () => {
    const file = join(project.path, 'pids');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
  };

  const start = (args: string[] = []) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', RUNNER], {
      env: {
        ...process.env,
        ...ports,
        NODE_OPTIONS: '',
        REDIS_URL: redis.url,
        MONGODB_URI: mongo.uri,
        LAUNCHER: pathToFileURL(LAUNCHER).href,
        ARGS: JSON.stringify(args),
        ROOT: project.path,
        PIDS: join(project.path, 'pids'),
      },
    });
    launches.push(child);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { child, exit, output: () => output };
  };

  const allUp = (launch: ReturnType<typeof start>) =>
    eventually(() => expect(launch.output()).toContain('Ctrl-C stops everything'), {
      timeoutMs: 20_000,
    });

  it('lets the doctor speak before the sync-service starts, whatever becomes of it', async () => {
    mkdirSync(join(project.path, 'dist/apps/sync-service/src/doctor'), { recursive: true });
    const program = join(project.path, 'dist/apps/sync-service/src/doctor/main.js');
    const says =
      'console.log(process.argv[2], process.env.REDIS_URL, process.env.MONGODB_URI); process.exit(1)';
    writeFileSync(program, says);
    const launch = start();
    await allUp(launch);
    expect(launch.output()).toContain(`--first-start ${redis.url} ${mongo.uri}\n`);
    expect(launch.output().indexOf('--first-start')).toBeLessThan(launch.output().indexOf('is healthy'));
    launch.child.kill('SIGINT');
    expect(await launch.exit).toBe(0);
    const alone = start(['--service', 'user-service']);
    await allUp(alone);
    expect(alone.output()).not.toContain('--first-start');
  });

  it('starts the services on their ports and says what it chose, why, and what to type', async () => {
    const launch = start();
    await allUp(launch);
    expect(launch.output()).toContain('why: REDIS_URL is set');
    expect(launch.output()).toContain('why: MONGODB_URI is set');
    expect(launch.output()).toContain(`http://localhost:${ports.API_GATEWAY_PORT}/mongo-first/users`);
    const answer = await fetch(`http://127.0.0.1:${ports.SYNC_SERVICE_PORT}/health`);
    expect(answer.status).toBe(200);
  });

  it('stops everything in order on Ctrl-C and leaves no process behind', async () => {
    const launch = start();
    await allUp(launch);
    expect(pids()).toHaveLength(4);
    launch.child.kill('SIGINT');
    expect(await launch.exit).toBe(0);
    expect(pids().filter(isAlive)).toEqual([]);
    expect(launch.output().match(/stopping in order/g)).toHaveLength(4);
    expect(launch.output()).toContain('unregistered');
  });

  it('leaves no process behind when it is killed', async () => {
    const launch = start();
    await allUp(launch);
    launch.child.kill('SIGKILL');
    await eventually(() => expect(pids().filter(isAlive)).toEqual([]));
  });

  it('starts a service that died again, and says so', async () => {
    const launch = start();
    await allUp(launch);
    await fetch(`http://127.0.0.1:${ports.USER_SERVICE_PORT}/die`).catch(() => undefined);
    await eventually(() =>
      expect(launch.output()).toMatch(/user-service ended \(exit code 7\); starting it again in/),
    );
    await eventually(async () => {
      expect((await fetch(`http://127.0.0.1:${ports.USER_SERVICE_PORT}/users/health`)).status).toBe(200);
    });
  });

  it('names who holds a taken port and starts nothing', async () => {
    ports = { ...ports, API_GATEWAY_PORT: String(redis.port) };
    const launch = start();
    expect(await launch.exit).toBe(1);
    expect(launch.output()).toMatch(
      new RegExp(`port ${redis.port} is taken by .*redis-server.* \\(pid ${redis.pid}\\)`),
    );
    expect(launch.output()).toContain('API_GATEWAY_PORT=');
    expect(pids()).toEqual([]);
  });

  it('starts one service alone, and none with --infrastructure', async () => {
    const one = start(['--service', 'sync-service']);
    await allUp(one);
    expect(pids()).toHaveLength(1);
    one.child.kill('SIGINT');
    expect(await one.exit).toBe(0);
    const none = start(['--infrastructure']);
    await allUp(none);
    expect(pids()).toHaveLength(1);
  });

  it.each([
    [['--service', 'nobody'], "There is no service 'nobody'"],
    [['--nonsense'], '--nonsense'],
  ])('answers %j with one line and exit code 1', async (args, message) => {
    const launch = start(args);
    expect(await launch.exit).toBe(1);
    expect(launch.output()).toContain(message);
    expect(launch.output()).not.toContain('    at ');
  });
});
