import type { Provider } from '../../resolve/provider.js';
import { probeRedis } from '../probe-redis.js';
import { judgeRedis } from '../suitability.js';

export const REDIS_PORT = 6379;

/** A Redis that already answers on this machine, unless it would lose what is kept in it. */
export function answeringRedis(port = REDIS_PORT): Provider {
  const url = `redis://127.0.0.1:${port}`;
  return {
    name: `port ${port}`,
    offer: async () => {
      const probe = await probeRedis(url);
      if (!probe.answers)
        return { outcome: 'passed', because: `no Redis answers on ${port}${hint(probe.reason)}` };
      const suitability = judgeRedis(probe);
      if (!suitability.suits)
        return { outcome: 'passed', because: `the Redis on ${port} can't be used: ${suitability.reason}` };
      const server = {
        url,
        kind: 'real',
        description: `Redis ${probe.version}`,
        warnings: suitability.warnings,
      } as const;
      return { outcome: 'chosen', server, because: `a Redis answers on ${port}` };
    },
  };
}

/** A refused connection is the usual case and needs no words; "NOAUTH" does. */
function hint(reason: string): string {
  return reason.includes('ECONNREFUSED') ? '' : ` (${reason})`;
}
