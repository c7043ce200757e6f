import { connect } from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import { UsageError } from './usage-error.js';

const DEFAULT_URL = 'redis://127.0.0.1:6379';

/**
 * The Redis of the running product: `REDIS_URL`, else the one that `npm start` uses, else the one on 6379.
 *
 * @param running what `npm start` told of itself, `RUNNING_REDIS_URL`; set by the script that starts the tool
 * @throws UsageError when it does not answer, saying what to do
 */
export async function findRedis(env: NodeJS.ProcessEnv, name: string): Promise<Redis> {
  const [url, why] = env.REDIS_URL
    ? [env.REDIS_URL, 'REDIS_URL']
    : env.RUNNING_REDIS_URL
      ? [env.RUNNING_REDIS_URL, 'npm start']
      : [DEFAULT_URL, 'the default'];
  const redis = connect({ url, profile: 'commands', name });
  try {
    await redis.ping();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw new UsageError(
      `No Redis answers at ${placeOf(url)} (from ${why}): ${(error as Error).message.split('.', 1)[0] ?? ''}.\nNext: npm start, or set REDIS_URL.`,
    );
  }
}

/** Host and port, without the password. */
function placeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'a URL that cannot be read';
}
