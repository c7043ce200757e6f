import { startPrivateMongo } from '@redis-mongo-sync/dev-servers';
import { MongoClient } from 'mongodb';
import { usersHttpContract } from '@redis-mongo-sync/records-http/testing';
import { startUserService } from './start-user-service.js';

usersHttpContract('user-service', async () => {
  const server = await startPrivateMongo();
  const probe = await startUserService(server);
  const client = new MongoClient(server.uri);
  return {
    probe,
    basePath: '/users',
    source: 'mongo',
    traces: () => client.db(server.database).collection('users').countDocuments(),
    close: async () => {
      await probe.close();
      await client.close();
      await server.stop();
    },
  };
});
