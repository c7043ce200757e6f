import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { doctorStage, type DoctorStage } from './stage.js';

const MAIN = join(process.cwd(), 'dist/apps/sync-service/src/doctor/main.js');

describeWith(describe, redisUnavailableReason())('npm run doctor', () => {
  let stage: DoctorStage;
  beforeAll(async () => {
    if (!existsSync(MAIN)) throw new Error('The doctor has not been built: run "npm run build" first.');
    stage = await doctorStage({ appendonly: true });
  });
  afterAll(() => stage.close());

  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        MONGODB_URI: stage.mongoServer.uri,
        MONGODB_DATABASE: stage.db.databaseName,
        REDIS_URL: stage.redisServer.url,
        ...env,
      },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number, out, err }));
    return { child, ended };
  };

  it('exit code 0: nothing to mend; the report alone is on standard output', async () => {
    const { code, out } = await start(['--json']).ended;
    expect([code, JSON.parse(out)]).toMatchObject([0, { exitCode: 0 }]);
  });

  it('exit code 1: something must be mended', async () => {
    await stage.db.collection('users').insertOne({ email: 'ada@example.org' });
    expect(await start([]).ended).toMatchObject({ code: 1 });
  });

  it.each([
    [['--entity', 'nobody'], {}, '--entity must be one of: users'],
    [['--nonsense'], {}, "Unknown option '--nonsense'"],
    [[], { REDIS_URL: 'redis://127.0.0.1:9' }, 'Redis does not answer'],
    [[], { MONGODB_URI: 'mongodb://127.0.0.1:9/' }, 'MongoDB does not answer'],
    [[], { REDIS_URL: 'nonsense' }, 'REDIS_URL must be a URL'],
  ])('exit code 2, and one sentence: %j %j', async (args, env, sentence) => {
    const { code, out, err } = await start(args, env).ended;
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err).not.toContain('    at ');
  });

  it('exit code 130, soon, when it is interrupted', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { child, ended } = start([], { MONGODB_URI: `mongodb://127.0.0.1:${port}/?directConnection=true` });
    await once(silent, 'connection');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, out: '' });
    silent.close();
  });
});
