import { MessageBus } from '@redis-mongo-sync/redis-streams';
import type { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';

/**
 * For `HealthCheckService.check([() => indicator.check('messaging', indicators)])`: down when a subscription
 * has failed, degraded while one waits for a store.
 */
export class RedisStreamsHealthIndicator {
  constructor(private readonly bus: MessageBus) {}

  check<const Key extends string>(key: Key, indicators: HealthIndicatorService): HealthIndicatorResult<Key> {
    const subscriptions = this.bus.consumer.subscriptions();
    const indicator = indicators.check(key);
    const describe = (chosen: typeof subscriptions) => ({
      subscriptions: subscriptions.length,
      trouble: chosen.map(({ stream, group, trouble }) => `${stream} (${group}): ${trouble ?? 'failed'}`),
    });
    const failed = subscriptions.filter(({ state }) => state === 'failed');
    if (failed.length > 0) return indicator.down(describe(failed));
    const waiting = subscriptions.filter(({ trouble }) => trouble !== null);
    if (waiting.length > 0) return indicator.degraded(describe(waiting));
    return indicator.up({ subscriptions: subscriptions.length });
  }
}
