import { existsSync } from 'node:fs';
import { Redis } from 'ioredis';
import { describeWith } from '../testing/describe-with.js';
import { probeRedis } from './probe-redis.js';
import { startPrivateRedis, type PrivateRedis, type PrivateRedisOptions } from './private-redis.js';
import { redisUnavailableReason } from './redis-binary.js';

describeWith(describe, redisUnavailableReason())('startPrivateRedis', () => {
  const started: { stop(): Promise<void> }[] = [];

  const start = async (options?: PrivateRedisOptions): Promise<PrivateRedis> => {
    const redis = await startPrivateRedis(options);
    started.push(redis);
    return redis;
  };

  const withClient = async <T>(redis: PrivateRedis, use: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(redis.url);
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  };

  const folderOf = (redis: PrivateRedis) =>
    withClient(redis, async (client) => (await client.config('GET', 'dir'))[1] ?? '');

  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
  });

  it('gives each caller a server of its own, and leaves no process and no folder behind', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    const [pid, folder] = [one.pid ?? 0, await folderOf(one)];
    expect(one.port).not.toBe(other.port);
    expect(existsSync(folder)).toBe(true);
    await one.stop();
    expect(one.pid).toBeUndefined();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(existsSync(folder)).toBe(false);
    expect(await probeRedis(other.url)).toMatchObject({ answers: true });
  });

  it('keeps acknowledged writes over SIGKILL and restart with an append-only file, on the same port', async () => {
    const redis = await start({ appendonly: true });
    const before = { pid: redis.pid, url: redis.url };
    await withClient(redis, (client) => client.set('kept', 'yes'));
    await redis.kill('SIGKILL');
    expect(await probeRedis(redis.url)).toMatchObject({ answers: false });
    await redis.restart();
    expect(redis.url).toBe(before.url);
    expect(redis.pid).not.toBe(before.pid);
    expect(await withClient(redis, (client) => client.get('kept'))).toBe('yes');
  });

  it('forgets everything on restart by default', async () => {
    const redis = await start();
    await withClient(redis, (client) => client.set('lost', 'yes'));
    await redis.restart();
    expect(await withClient(redis, (client) => client.get('lost'))).toBeNull();
  });

  it('does not answer while frozen, keeps its data, and can be stopped in that state', async () => {
    const redis = await start();
    await withClient(redis, (client) => client.set('kept', 'yes'));
    await redis.freeze();
    expect(await probeRedis(redis.url, 150)).toMatchObject({ answers: false });
    await redis.thaw();
    expect(await withClient(redis, (client) => client.get('kept'))).toBe('yes');
    await redis.freeze();
    await redis.stop();
    expect(redis.pid).toBeUndefined();
  });

  it('passes options on', async () => {
    const redis = await start({ maxmemory: '8mb', maxmemoryPolicy: 'allkeys-lru', appendonly: true });
    expect(await probeRedis(redis.url)).toMatchObject({ maxmemoryPolicy: 'allkeys-lru', appendOnly: true });
    const replica = await start({ replicaof: { port: redis.port } });
    expect(await withClient(replica, (client) => client.info('replication'))).toContain(
      `master_port:${redis.port}`,
    );
  });

  it('says what the server said when it does not start', async () => {
    await expect(startPrivateRedis({ config: { 'no-such-directive': '1' } })).rejects.toThrow(
      'no-such-directive',
    );
  });
});
