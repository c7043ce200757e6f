import { startPrivateRedis, type PrivateRedis } from '@redis-mongo-sync/dev-servers';
import type { Redis } from 'ioredis';
import { connect, type ClientOverrides, type ConnectionProfile } from '../../src/connections.js';

export interface TestRedis extends PrivateRedis {
  /** A client that `stop()` closes. */
  client(profile?: ConnectionProfile, overrides?: ClientOverrides): Redis;
}

/** A redis-server for one test file. `appendOnly`: acked writes outlive `kill()`. */
export async function startTestRedis({ appendOnly = false } = {}): Promise<TestRedis> {
  const server = await startPrivateRedis({ appendonly: appendOnly, config: { appendfsync: 'always' } });
  const clients: Redis[] = [];
  return Object.assign(Object.create(server) as PrivateRedis, {
    client: (profile: ConnectionProfile = 'commands', overrides: ClientOverrides = {}): Redis => {
      const client = connect({ url: server.url, profile, overrides });
      clients.push(client);
      return client;
    },
    stop: async (): Promise<void> => {
      for (const client of clients) {
        client.disconnect();
        client.stream?.destroy();
      }
      await server.stop();
    },
  });
}
