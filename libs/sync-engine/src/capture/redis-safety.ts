import { inspectRedis } from '@redis-mongo-sync/sync-adapters';
import { SyncAlert } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';

/**
 * Looks at how Redis is configured, as soon as it answers.
 *
 * The returned function throws when Redis may evict keys: it would throw away streams and tombstones. That it keeps no
 * append-only file, or that it cannot be asked, is an alert, given once.
 */
export function safeRedisCheck(
  redis: Redis,
  alert: (code: SyncAlert, message: string) => void,
): () => Promise<void> {
  const told = new Set<SyncAlert>();
  const tell = (code: SyncAlert, message: string) => {
    if (!told.has(code)) alert(code, message);
    told.add(code);
  };
  return async () => {
    const { evicting, volatile, policy, known } = await inspectRedis(redis);
    if (evicting)
      throw new Error(
        `${SyncAlert.EvictingRedis} Redis may evict keys (maxmemory-policy ${policy}); set noeviction`,
      );
    if (volatile) {
      const loss = 'Redis keeps no append-only file; a crash of Redis loses acknowledged writes';
      tell(SyncAlert.VolatileRedis, loss);
    }
    if (!known) {
      const advice = 'see to maxmemory-policy noeviction and an append-only file, or allow INFO';
      tell(SyncAlert.UnseenRedis, `Redis does not let this user see how it is configured; ${advice}`);
    }
  };
}
