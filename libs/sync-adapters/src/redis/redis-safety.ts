import type { Redis } from 'ioredis';
import { withRedisErrors } from './redis-errors.js';

/** Whether a Redis can be trusted with streams and tombstones. */
export interface RedisSafety {
  /** It may evict any key when memory is short: streams would lose entries without a word. */
  readonly evicting: boolean;
  /** It keeps no append-only file: a crash loses what it acknowledged. */
  readonly volatile: boolean;
  readonly policy: string;
}

export async function inspectRedis(redis: Redis): Promise<RedisSafety> {
  const info = await withRedisErrors(
    async () => (await redis.info('memory')) + (await redis.info('persistence')),
  );
  const value = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const policy = value('maxmemory_policy');
  return { evicting: policy.startsWith('allkeys-'), volatile: value('aof_enabled') === '0', policy };
}
