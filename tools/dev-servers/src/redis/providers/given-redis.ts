import type { Provider } from '../../resolve/provider.js';
import { hideCredentials } from '../../resolve/hide-credentials.js';
import { probeRedis } from '../probe-redis.js';
import { judgeRedis } from '../suitability.js';

const TIMEOUT_MS = 5_000;

/** The Redis that `REDIS_URL` names. When set it is used or refused: never replaced in silence. */
export function givenRedis(url: string | undefined): Provider {
  return {
    name: 'REDIS_URL',
    offer: async () => {
      if (!url) return { outcome: 'passed', because: 'REDIS_URL is not set' };
      const shown = hideCredentials(url);
      const probe = await probeRedis(url, TIMEOUT_MS);
      if (!probe.answers) {
        return {
          outcome: 'refused',
          because: `REDIS_URL is ${shown}, but no Redis answers there: ${probe.reason}.`,
        };
      }
      const suitability = judgeRedis(probe);
      if (!suitability.suits)
        return { outcome: 'refused', because: `The Redis at ${shown} can't be used: ${suitability.reason}.` };
      const server = {
        url,
        kind: 'real',
        description: `Redis ${probe.version}`,
        warnings: suitability.warnings,
      } as const;
      return { outcome: 'chosen', server, because: 'REDIS_URL is set' };
    },
  };
}
