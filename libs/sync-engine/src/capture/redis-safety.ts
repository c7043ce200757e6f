import { inspectRedis } from '@redis-mongo-sync/sync-adapters';
import { SyncAlert } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';

/**
 * Looks at how Redis is configured, as soon as it answers.
 *
 * The returned function throws when Redis may evict keys: it would throw away streams and tombstones. That it keeps no
 * append-only file is an alert, given once.
 */
export function safeRedisCheck(
  redis: Redis,
  alert: (code: SyncAlert, message: string) => void,
): () => Promise<void> {
  let toldVolatile = false;
  return async () => {
    const { evicting, volatile, policy } = await inspectRedis(redis);
    if (evicting)
      throw new Error(
        `${SyncAlert.EvictingRedis} Redis may evict keys (maxmemory-policy ${policy}); set noeviction`,
      );
    if (!volatile || toldVolatile) return;
    toldVolatile = true;
    alert(
      SyncAlert.VolatileRedis,
      'Redis keeps no append-only file; a crash of Redis loses acknowledged writes',
    );
  };
}
