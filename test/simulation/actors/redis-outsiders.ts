import { formatRecord, payloadOf, versionAt } from '@redis-mongo-sync/sync-core';
import type { SimWorld } from '../engine/sim-world.js';
import type { SimRedis } from '../stores/sim-redis.js';
import type { OutsiderCommand } from './outsiders.js';

export const REDIS_OUTSIDER_OPS = ['redis-del', 'redis-text', 'redis-older', 'redis-newer'] as const;
export type RedisOutsiderOp = (typeof REDIS_OUTSIDER_OPS)[number];

const TEXTS = ['hello', '[]', '{"name":"nobody"}', '{"version":7,"source":"redis","name":"nobody"}', ''];
/** How far ahead a newer stamp claims to be, ms. */
const AHEAD_MS = [1, 20_000, 600_000];

/** People and programs that write into Redis past the product. */
export class RedisOutsiders {
  private count = 0;

  constructor(
    private readonly world: SimWorld,
    private readonly redis: SimRedis,
  ) {}

  /** Whether there was something to do. */
  act({ op, key, pick }: OutsiderCommand<RedisOutsiderOp>): boolean {
    this.count += 1;
    const held = this.redis.held.get(key);
    switch (op) {
      case 'redis-del':
        return this.redis.drop(key);
      case 'redis-text':
        return this.set(key, TEXTS[pick % TEXTS.length] ?? '');
      case 'redis-older':
        return held !== undefined && held.version > 1 && this.stamped(key, Math.ceil(held.version / 2), pick);
      case 'redis-newer': {
        const ahead = AHEAD_MS[pick % AHEAD_MS.length] ?? 1;
        return this.stamped(key, Math.max(versionAt(this.world.now + ahead), (held?.version ?? 0) + 1), pick);
      }
    }
  }

  private stamped(key: string, version: number, pick: number): boolean {
    const payload = payloadOf({ email: key, name: `r${this.count}` });
    return this.set(key, formatRecord({ version, source: pick % 2 === 0 ? 'redis' : 'mongo', payload }));
  }

  private set(key: string, text: string): boolean {
    this.redis.overwrite(key, text);
    return true;
  }
}
