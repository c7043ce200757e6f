import {
  resolveMongo,
  resolveRedis,
  type Resolution,
  type ResolvedServer,
  type ResolveOptions,
} from '@redis-mongo-sync/dev-servers';
import { LaunchError } from './launch-error.js';

export interface Servers {
  readonly redis: ResolvedServer;
  readonly mongo: ResolvedServer;
}

/** Resolves Redis, then MongoDB, one line each. What was started for nothing is stopped again. */
export async function resolveServers(options: ResolveOptions): Promise<Servers> {
  const redis = announce('Redis', await resolveRedis(options), options.say);
  try {
    return { redis, mongo: announce('MongoDB', await resolveMongo(options), options.say) };
  } catch (error) {
    await redis.process?.stop();
    throw error;
  }
}

function announce(title: string, resolution: Resolution, say: (line: string) => void): ResolvedServer {
  if (resolution.outcome === 'unavailable') throw new LaunchError(resolution.reasons.join('\n'));
  const { server } = resolution;
  say(`✓ ${title}: ${server.description}`);
  return server;
}
