import type { Provider, ResolveOptions } from '../../resolve/provider.js';
import { ensureRedisServer } from '../ensure-redis-server.js';
import { REDIS_PORT } from './answering-redis.js';
import { startPersistentRedis } from './started-redis.js';

/** Debian's own `redis-server`, installed when this process may (root, not refused), then started like one found. */
export function installedRedis(folder: string, options: ResolveOptions): Provider {
  return {
    name: 'apt-get',
    offer: async () => {
      const found = await ensureRedisServer(options);
      if (found.outcome === 'missing')
        return { outcome: 'passed', because: 'apt-get could not or may not install one here' };
      return startPersistentRedis(
        { binary: found.binary, folder, port: REDIS_PORT },
        'apt-get has installed redis-server',
      );
    },
  };
}
