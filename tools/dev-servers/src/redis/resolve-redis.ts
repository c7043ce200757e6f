import { join } from 'node:path';
import { resolveServer, type Provider, type Resolution, type ResolveOptions } from '../resolve/provider.js';
import { installAdvice } from './install-advice.js';
import { answeringRedis } from './providers/answering-redis.js';
import { givenRedis } from './providers/given-redis.js';
import { installedRedis } from './providers/installed-redis.js';
import { startedRedis } from './providers/started-redis.js';

/** The providers of Redis in their order; see each for what it takes and what it passes over. */
export function redisProviders(options: ResolveOptions): Provider[] {
  const folder = join(options.dataFolder, 'redis');
  return [
    givenRedis((options.env ?? process.env).REDIS_URL),
    answeringRedis(),
    startedRedis(folder, options.env ?? process.env),
    installedRedis(folder, options),
  ];
}

/** Finds, starts or installs the Redis that `npm start` uses. When there is none, says what a person can do. */
export async function resolveRedis(options: ResolveOptions): Promise<Resolution> {
  const resolution = await resolveServer(redisProviders(options));
  if (resolution.outcome === 'resolved' || (options.env ?? process.env).REDIS_URL) return resolution;
  return { outcome: 'unavailable', reasons: [...resolution.reasons, installAdvice()] };
}
