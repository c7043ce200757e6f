import { HOST_FROM_CONTAINER, startRedisContainer } from '../docker/redis-container.js';
import { delegateControl } from '../process/delegate-control.js';
import { freePort } from '../process/free-port.js';
import { ServerProcess, type ServerControl } from '../process/server-process.js';
import { createTempFolder } from '../process/temp-folder.js';
import { wantedServers } from '../testing/wanted-servers.js';
import { findRedisServer, redisUnavailableReason } from './redis-binary.js';
import { redisServerCommand } from './redis-server-command.js';

export interface PrivateRedisOptions {
  /** Keep an append-only file, so that data outlive `kill()` and `restart()`. Default false: memory only. */
  readonly appendonly?: boolean;
  /** e.g. `'4mb'`. */
  readonly maxmemory?: string;
  readonly maxmemoryPolicy?: string;
  readonly replicaof?: { readonly port: number };
  /** Any other directive of redis.conf. */
  readonly config?: Readonly<Record<string, string>>;
}

/** A Redis of the test's own: empty, on a free port, gone after `stop()` or with the process. */
export interface PrivateRedis extends ServerControl {
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

const ATTEMPTS = 3; // a free port may be taken between finding and binding it

/** @throws Error when no server can be had (see `redisUnavailableReason()`) or it does not start. */
export async function startPrivateRedis(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  const reason = redisUnavailableReason();
  if (reason) throw new Error(reason);
  if (wantedServers() === 'docker')
    return startRedisContainer(options.appendonly ?? false, directives(options, HOST_FROM_CONTAINER));
  for (let attempt = 1; ; attempt++) {
    try {
      return await startLocally(options);
    } catch (error) {
      if (attempt === ATTEMPTS || !String(error).includes('in use')) throw error;
    }
  }
}

async function startLocally(options: PrivateRedisOptions): Promise<PrivateRedis> {
  const port = await freePort();
  const folder = createTempFolder('redis');
  const command = redisServerCommand({
    binary: findRedisServer() ?? 'redis-server',
    port,
    folder: folder.path,
    appendOnly: options.appendonly ?? false,
    config: directives(options, '127.0.0.1'),
  });
  try {
    const server = await ServerProcess.start(command);
    return Object.assign(delegateControl(server, folder.remove), {
      url: `redis://127.0.0.1:${port}`,
      host: '127.0.0.1',
      port,
    });
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

function directives(options: PrivateRedisOptions, primaryHost: string): Record<string, string> {
  return {
    ...(options.maxmemory && { maxmemory: options.maxmemory }),
    ...(options.maxmemoryPolicy && { 'maxmemory-policy': options.maxmemoryPolicy }),
    ...(options.replicaof && { replicaof: `${primaryHost} ${options.replicaof.port}` }),
    ...options.config,
  };
}
