import type { Redis } from 'ioredis';
import { isForbiddenByRedis, withRedisErrors } from './redis-errors.js';

/** Whether a Redis can be trusted with streams and tombstones. */
export interface RedisSafety {
  /** It may evict any key when memory is short: streams would lose entries without a word. */
  readonly evicting: boolean;
  /** It keeps no append-only file: a crash loses what it acknowledged. */
  readonly volatile: boolean;
  readonly policy: string;
  /** False: the user may not use INFO, and nothing of this is known. */
  readonly known: boolean;
}

export async function inspectRedis(redis: Redis): Promise<RedisSafety> {
  const info = await readInfo(redis, ['memory', 'persistence']);
  if (info === null) return { evicting: false, volatile: false, policy: 'unknown', known: false };
  const value = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const policy = value('maxmemory_policy');
  return {
    evicting: policy.startsWith('allkeys-'),
    volatile: value('aof_enabled') === '0',
    policy,
    known: true,
  };
}

/** Sections of INFO as one text; null when the user may not use it. */
export async function readInfo(redis: Redis, sections: readonly string[]): Promise<string | null> {
  try {
    const texts = sections.map((section) => withRedisErrors(() => redis.info(section)));
    return (await Promise.all(texts)).join('');
  } catch (error) {
    if (isForbiddenByRedis(error)) return null;
    throw error;
  }
}
