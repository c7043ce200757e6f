import { describeWith, redisUnavailableReason, startPrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';
import type { ExecutionContext } from '@nestjs/common';
import { defer, firstValueFrom } from 'rxjs';
import { RedisErrorsInterceptor } from './redis-errors.interceptor.js';

describeWith(describe, redisUnavailableReason())('RedisErrorsInterceptor', () => {
  it('tells an outage from a fault', async () => {
    const server = await startPrivateRedis();
    const redis = connect({ url: server.url, profile: 'commands' });
    const ask = (step: () => Promise<unknown>) =>
      firstValueFrom(
        new RedisErrorsInterceptor().intercept({} as ExecutionContext, { handle: () => defer(step) }),
      );
    try {
      await redis.set('text', 'x');
      expect(await ask(() => redis.get('text'))).toBe('x');
      expect(await ask(() => Promise.resolve(undefined))).toBeUndefined();
      await expect(ask(() => redis.xlen('text'))).rejects.toThrow(/^WRONGTYPE/);
      await server.kill();
      await expect(ask(() => redis.get('text'))).rejects.toBeInstanceOf(StoreUnavailableError);
    } finally {
      redis.disconnect();
      await server.stop();
    }
  });
});
