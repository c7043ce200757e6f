import type { Redis } from 'ioredis';
import { KEYS } from './keys.js';
import { withRedisErrors } from './redis-errors.js';
import { SCRIPTS } from './scripts.js';

/**
 * Which of several sync-services captures. The lease only saves double work: what makes double capture harmless is
 * the compare on the position in `publish-captured.lua`.
 */
export class RedisLease {
  constructor(
    private readonly redis: Redis,
    /** Unique per process. */
    private readonly token: string,
    private readonly ttlMs = 5_000,
  ) {}

  /** Takes or renews the lease. Call it again well within its time to live. */
  async hold(): Promise<boolean> {
    const keys = [KEYS.captureLease];
    return withRedisErrors(() => SCRIPTS.holdLease.run(this.redis, keys, [this.token, this.ttlMs]));
  }

  async release(): Promise<void> {
    await withRedisErrors(() => SCRIPTS.releaseLease.run(this.redis, [KEYS.captureLease], [this.token]));
  }
}
