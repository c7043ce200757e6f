import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTempFolder, type TempFolder } from '../src/process/temp-folder.js';
import { findOnPath } from '../src/process/find-on-path.js';
import { freePort } from '../src/process/free-port.js';
import { resolveServer, type Provider, type ProviderAnswer } from '../src/resolve/provider.js';
import { startPrivateRedis } from '../src/redis/private-redis.js';
import { installAdvice } from '../src/redis/install-advice.js';
import { redisUnavailableReason } from '../src/redis/redis-binary.js';
import { redisProviders } from '../src/redis/resolve-redis.js';
import { answeringRedis } from '../src/redis/providers/answering-redis.js';
import { givenRedis } from '../src/redis/providers/given-redis.js';
import { startedRedis } from '../src/redis/providers/started-redis.js';
import { mongoProviders } from '../src/mongo/resolve-mongo.js';
import { givenMongo } from '../src/mongo/providers/given-mongo.js';
import { answeringMongo } from '../src/mongo/providers/answering-mongo.js';
import { startPrivateMongo } from '../src/mongo/private-mongo.js';
import { describeWith } from '../src/testing/describe-with.js';

const SERVER = { url: 'redis://x', kind: 'real', description: 'x', warnings: [] } as const;
const OPTIONS = { dataFolder: '/nowhere', mayInstall: false, say: () => undefined, env: { PATH: '' } };

function provider(name: string, answer: ProviderAnswer): Provider & { asked: number } {
  const made = {
    name,
    asked: 0,
    offer: () => {
      made.asked += 1;
      return Promise.resolve(answer);
    },
  };
  return made;
}

describe('resolveServer', () => {
  it('takes the first provider that has a server, asks none after it, and keeps every reason', async () => {
    const passes = provider('first', { outcome: 'passed', because: 'nothing there' });
    const chosen = provider('second', { outcome: 'chosen', because: 'it answers', server: SERVER });
    const later = provider('third', { outcome: 'chosen', because: 'it answers too', server: SERVER });
    expect(await resolveServer([passes, chosen, later])).toEqual({
      outcome: 'resolved',
      server: { ...SERVER, provider: 'second', why: ['nothing there', 'it answers'] },
    });
    expect(later.asked).toBe(0);
  });

  it('does not look further when what a person asked for does not work', async () => {
    const refuses = provider('first', { outcome: 'refused', because: 'REDIS_URL is wrong' });
    const later = provider('second', { outcome: 'chosen', because: 'it answers', server: SERVER });
    expect(await resolveServer([refuses, later])).toEqual({
      outcome: 'unavailable',
      reasons: ['REDIS_URL is wrong'],
    });
    expect(later.asked).toBe(0);
  });

  it('asks in the promised order', () => {
    expect(redisProviders(OPTIONS).map(({ name }) => name)).toEqual([
      'REDIS_URL',
      'port 6379',
      'PATH',
      'apt-get',
    ]);
    expect(mongoProviders(OPTIONS).map(({ name }) => name)).toEqual([
      'MONGODB_URI',
      'port 27017',
      'PATH',
      'download',
      'embedded',
    ]);
  });
});

describe('the providers without a server', () => {
  it('refuse a REDIS_URL or MONGODB_URI without a server behind it, without showing its password', async () => {
    const port = await freePort();
    const redis = await givenRedis(`redis://me:secret@127.0.0.1:${port}`).offer();
    const mongo = await givenMongo(`mongodb://me:secret@127.0.0.1:${port}`, 300).offer();
    for (const answer of [redis, mongo]) {
      expect(answer.outcome).toBe('refused');
      expect(answer.because).toContain(`127.0.0.1:${port}`);
      expect(answer.because).not.toContain('secret');
    }
  });

  it('pass over ports without a server and a PATH without the program', async () => {
    const port = await freePort();
    expect(await answeringRedis(port).offer()).toMatchObject({ outcome: 'passed' });
    expect(await answeringMongo(port).offer()).toMatchObject({ outcome: 'passed' });
    expect(await startedRedis('/nowhere', { PATH: '' }).offer()).toMatchObject({ outcome: 'passed' });
  });

  it.each([
    ['darwin', 'brew install redis'],
    ['linux', 'apt-get install redis-server'],
    ['win32', 'winget install'],
    ['freebsd', 'docker compose up -d rms_redis'],
  ] as const)('leave a person on %s with the command to run: %s', (platform, command) => {
    expect(installAdvice(platform)).toContain(command);
    expect(installAdvice(platform)).toContain('REDIS_URL=');
  });
});

describe('findOnPath', () => {
  let folder: TempFolder;

  beforeEach(() => (folder = createTempFolder('path')));
  afterEach(() => folder.remove());

  const stub = (place: string, name: string, mode = 0o755): string => {
    mkdirSync(join(folder.path, place), { recursive: true });
    const file = join(folder.path, place, name);
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, mode);
    return file;
  };

  it('prefers the first name over the first folder, and skips what cannot be executed', () => {
    stub('a', 'valkey-server');
    stub('a', 'redis-server', 0o644);
    const redis = stub('b', 'redis-server');
    const env = { PATH: `${join(folder.path, 'a')}:${join(folder.path, 'b')}` };
    expect(findOnPath(['redis-server', 'valkey-server'], env)).toBe(redis);
  });

  it('falls back to the next name, and to nothing', () => {
    const valkey = stub('a', 'valkey-server');
    const env = { PATH: join(folder.path, 'a') };
    expect(findOnPath(['redis-server', 'valkey-server'], env)).toBe(valkey);
    expect(findOnPath(['mongod'], env)).toBeUndefined();
  });
});

describeWith(describe, redisUnavailableReason())('the Redis providers with a server', () => {
  it('takes one that answers, and warns when it keeps no append-only file or holds other keys', async () => {
    const redis = await startPrivateRedis();
    try {
      const answer = await answeringRedis(redis.port).offer();
      expect(answer).toMatchObject({ outcome: 'chosen', server: { kind: 'real', url: redis.url } });
      expect(answer.outcome === 'chosen' && answer.server.warnings).toEqual([
        expect.stringContaining('no append-only file'),
      ]);
    } finally {
      await redis.stop();
    }
  });

  it('passes over one that evicts keys at will, and refuses it as REDIS_URL', async () => {
    const redis = await startPrivateRedis({ maxmemoryPolicy: 'allkeys-lru', appendonly: true });
    try {
      expect(await answeringRedis(redis.port).offer()).toMatchObject({
        outcome: 'passed',
        because: expect.stringContaining('allkeys-lru') as string,
      });
      expect(await givenRedis(redis.url).offer()).toMatchObject({ outcome: 'refused' });
    } finally {
      await redis.stop();
    }
  });

  it('starts one from the PATH with an append-only file in the data folder, and finds the data again', async () => {
    const folder = createTempFolder('data');
    const offer = async () => {
      const answer = await startedRedis(join(folder.path, 'redis'), process.env, await freePort()).offer();
      if (answer.outcome !== 'chosen' || !answer.server.process) throw new Error(answer.because);
      return { url: answer.server.url, process: answer.server.process };
    };
    const { Redis } = await import('ioredis');
    const withClient = async <T>(url: string, use: (client: InstanceType<typeof Redis>) => Promise<T>) => {
      const client = new Redis(url);
      return use(client).finally(() => client.disconnect());
    };
    try {
      const first = await offer();
      await withClient(first.url, (client) => client.set('kept', 'yes'));
      await first.process.stop();
      const second = await offer();
      const kept = await withClient(second.url, (client) => client.get('kept'));
      await second.process.stop();
      expect(kept).toBe('yes');
    } finally {
      await folder.remove();
    }
  });
});

describe('startPrivateMongo', () => {
  it('gives a replica set with a database of its own, and answeringMongo would take it', async () => {
    const [one, other] = await Promise.all([startPrivateMongo(), startPrivateMongo()]);
    try {
      expect(one.database).not.toBe(other.database);
      const port = Number(new URL(one.uri.replace('mongodb:', 'http:')).port);
      expect(await answeringMongo(port).offer()).toMatchObject({
        outcome: 'chosen',
        server: { kind: one.kind },
      });
    } finally {
      await Promise.all([one.stop(), other.stop()]);
    }
  });
});
