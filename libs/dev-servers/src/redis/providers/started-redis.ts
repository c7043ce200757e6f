import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { preferredPort } from '../../process/preferred-port.js';
import { ServerProcess } from '../../process/server-process.js';
import type { Provider, ProviderAnswer } from '../../resolve/provider.js';
import { probeRedis } from '../probe-redis.js';
import { findRedisServer } from '../redis-binary.js';
import { redisServerCommand } from '../redis-server-command.js';
import { REDIS_PORT } from './answering-redis.js';

/** A `redis-server` from the PATH, started here with an append-only file in the project's data folder. */
export function startedRedis(folder: string, env: NodeJS.ProcessEnv): Provider {
  return {
    name: 'PATH',
    offer: async () => {
      const binary = findRedisServer(env);
      if (!binary)
        return { outcome: 'passed', because: 'neither redis-server nor valkey-server is on the PATH' };
      return startPersistentRedis(binary, folder, `${binary} is on the PATH`);
    },
  };
}

export async function startPersistentRedis(
  binary: string,
  folder: string,
  because: string,
): Promise<ProviderAnswer> {
  mkdirSync(folder, { recursive: true });
  const port = await preferredPort(REDIS_PORT);
  const process = await ServerProcess.start(redisServerCommand({ binary, port, folder, appendOnly: true }));
  const url = `redis://127.0.0.1:${port}`;
  const probe = await probeRedis(url);
  const version = probe.answers ? ` ${probe.version}` : '';
  const description = `${basename(binary)}${version}, started here with an append-only file in ${folder}`;
  return { outcome: 'chosen', server: { url, kind: 'real', description, warnings: [], process }, because };
}
