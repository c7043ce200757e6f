import { defineScript } from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import { groupsOf } from './event-groups.js';

/** Redis set: every stream with events, so that its readers can find it. */
export const KNOWN_STREAMS_KEY = 'events:streams';

const script = defineScript<0 | 1>({
  name: 'events.register-stream',
  file: new URL('./lua/register-stream.lua', import.meta.url),
  numberOfKeys: 2,
});

/**
 * Makes a stream known, and its groups, before its first event: its readers find it, and nothing is trimmed that they
 * have not read. Idempotent. False when there are `maxStreams` others already.
 */
export async function registerStream(redis: Redis, stream: string, maxStreams: number): Promise<boolean> {
  return (await script.run(redis, [KNOWN_STREAMS_KEY, stream], [maxStreams, ...groupsOf(stream)])) === 1;
}
