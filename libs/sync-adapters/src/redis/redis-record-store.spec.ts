import { describe } from '@jest/globals';
import { describeWith, redisUnavailableReason, startPrivateRedis } from '#libs/dev-servers';
import { connect } from '#libs/redis-streams';
import { USERS } from '#libs/sync-core';
import { recordStoreContract } from '../../../sync-core/src/testing/record-store-contract.js';
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
