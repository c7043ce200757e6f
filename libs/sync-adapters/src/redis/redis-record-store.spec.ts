import { describe } from '@jest/globals';
import { describeWith, redisUnavailableReason, startPrivateRedis } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { USERS } from '@redis-mongo-sync/sync-core';
import { recordStoreContract } from '@redis-mongo-sync/sync-core/contracts';
import { RedisRecordStore } from './redis-record-store.js';

describeWith(describe, redisUnavailableReason())('RedisRecordStore', () => {
  recordStoreContract({
    name: 'Redis',
    source: 'redis',
    makeStore: async () => {
      const server = await startPrivateRedis();
      const redis = connect({ url: server.url, profile: 'commands' });
      return {
        store: new RedisRecordStore({ redis, entity: USERS }),
        close: async () => {
          redis.disconnect();
          await server.stop();
        },
      };
    },
  });
});
