import { startPrivateRedis, type PrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import { eventually, TcpProxy } from '@redis-mongo-sync/testing';

const DIRECTIVES = {
  appendfsync: 'everysec',
  'repl-diskless-sync-delay': '0',
  'maxmemory-policy': 'noeviction',
};

/** A primary and a replica of it. The replica is fed through a proxy, so that it can be made to lag. */
export class RedisPair {
  private constructor(
    public primary: PrivateRedis,
    public replica: PrivateRedis,
    private feed: TcpProxy,
  ) {}

  static async start(): Promise<RedisPair> {
    const primary = await startPrivateRedis({ appendonly: true, config: DIRECTIVES });
    const [replica, feed] = await startReplica(primary);
    return new RedisPair(primary, replica, feed);
  }

  /** From now on the replica receives everything this much later. */
  lag(ms: number): void {
    this.feed.latency(ms);
  }

  /** Kills the primary, promotes the replica and returns; `rebuild` gives the new primary a replica. */
  async failOver(): Promise<void> {
    const deposed = this.primary;
    await deposed.kill('SIGKILL');
    await this.feed.close();
    await ask(this.replica, (redis) => redis.replicaof('NO', 'ONE'));
    this.primary = this.replica;
    await deposed.stop();
  }

  async rebuild(): Promise<void> {
    [this.replica, this.feed] = await startReplica(this.primary);
  }

  async stop(): Promise<void> {
    await this.feed.close();
    await Promise.all([this.replica.stop(), this.primary.stop()]);
  }
}

async function startReplica(primary: PrivateRedis): Promise<[PrivateRedis, TcpProxy]> {
  const feed = await TcpProxy.start({ port: primary.port });
  // Told at run time: once promoted, it must not start as a replica again.
  const replica = await startPrivateRedis({ appendonly: true, config: DIRECTIVES });
  await ask(replica, async (redis) => {
    await redis.replicaof('127.0.0.1', feed.port);
    await eventually(async () => (await redis.info('replication')).includes('master_link_status:up'), {
      timeoutMs: 20_000,
      everyMs: 100,
    });
  });
  return [replica, feed];
}

async function ask<T>(server: PrivateRedis, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = connect({ url: server.url, profile: 'commands' });
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
