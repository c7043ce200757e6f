import { findOnPath } from '../process/find-on-path.js';
import { wantedServers } from '../testing/wanted-servers.js';

const NAMES = ['redis-server', 'valkey-server'];

export function findRedisServer(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return findOnPath(NAMES, env);
}

/** Why `startPrivateRedis()` can't give a server, in words for a person; undefined when it can. */
export function redisUnavailableReason(env: NodeJS.ProcessEnv = process.env): string | undefined {
  switch (wantedServers(env)) {
    case 'none':
      return 'No servers wanted (RMS_TEST_SERVERS=none).';
    case 'docker':
      return undefined;
    case 'local':
      return findRedisServer(env) ? undefined : `No Redis: neither ${NAMES.join(' nor ')} is on the PATH.`;
  }
}
