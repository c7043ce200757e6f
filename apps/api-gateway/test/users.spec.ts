import { describe } from '@jest/globals';
import {
  describeWith,
  redisUnavailableReason,
  startPrivateMongo,
  startPrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { MongoClient } from 'mongodb';
import { usersHttpContract } from '@redis-mongo-sync/records-http/testing';
import { startUserService } from '../../user-service/test/start-user-service.js';
import { startGateway } from './start-gateway.js';

describeWith(describe, redisUnavailableReason())('the gateway', () => {
  for (const source of ['mongo', 'redis'] as const) {
    usersHttpContract(`api-gateway, ${source}-first`, async () => {
      const [mongo, redis] = await Promise.all([startPrivateMongo(), startPrivateRedis()]);
      const userService = await startUserService(mongo);
      const probe = await startGateway({ redisUrl: redis.url, userServiceUrl: userService.url });
      const client = new MongoClient(mongo.uri);
      const commands = connect({ url: redis.url, profile: 'commands' });
      return {
        probe,
        source,
        basePath: `/${source}-first/users`,
        traces: async () =>
          (await client.db(mongo.database).collection('users').countDocuments()) +
          (await commands.keys('user:*')).length +
          (await commands.xlen('redis_changes')),
        close: async () => {
          await probe.close();
          await userService.close();
          await client.close();
          commands.disconnect();
          await mongo.stop();
          await redis.stop();
        },
      };
    });
  }
});
