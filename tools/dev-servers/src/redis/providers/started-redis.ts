import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { shortPath } from '../../resolve/short-path.js';
import { preferredPort } from '../../process/preferred-port.js';
import { ServerProcess } from '../../process/server-process.js';
import type { Provider, ProviderAnswer } from '../../resolve/provider.js';
import { probeRedis } from '../probe-redis.js';
import { findRedisServer } from '../redis-binary.js';
import { redisServerCommand } from '../redis-server-command.js';
import { REDIS_PORT } from './answering-redis.js';

/** A `redis-server` from the PATH, started here with an append-only file in the project's data folder. */
export function startedRedis(folder: string, env: NodeJS.ProcessEnv, port = REDIS_PORT): Provider {
  return {
    name: 'PATH',
    offer: async () => {
      const binary = findRedisServer(env);
      if (!binary)
        return { outcome: 'passed', because: 'neither redis-server nor valkey-server is on the PATH' };
      return startPersistentRedis({ binary, folder, port }, `${binary} is on the PATH`);
    },
  };
}

interface PersistentRedis {
  readonly binary: string;
  readonly folder: string;
  /** Taken when nothing listens there, else any free one. */
  readonly port: number;
}

export async function startPersistentRedis(
  wanted: PersistentRedis,
  because: string,
): Promise<ProviderAnswer> {
  const { binary, folder } = wanted;
  mkdirSync(folder, { recursive: true });
  const port = await preferredPort(wanted.port);
  const process = await ServerProcess.start(redisServerCommand({ binary, port, folder, appendOnly: true }));
  const url = `redis://127.0.0.1:${port}`;
  const probe = await probeRedis(url);
  const version = probe.answers ? ` ${probe.version}` : '';
  const description = `${basename(binary)}${version}, started here with an append-only file in ${shortPath(folder)}`;
  return { outcome: 'chosen', server: { url, kind: 'real', description, warnings: [], process }, because };
}
