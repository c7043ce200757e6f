import { startPrivateMongo } from '@redis-mongo-sync/dev-servers';
import { USERS } from '@redis-mongo-sync/sync-core';
import { MongoClient } from 'mongodb';
import { recordStoreContract } from '@redis-mongo-sync/sync-core/testing';
import { MongoRecordStore } from './mongo-record-store.js';
import { prepareCollections } from './prepare-collections.js';

recordStoreContract({
  name: 'MongoDB',
  source: 'mongo',
  makeStore: async () => {
    const server = await startPrivateMongo();
    const client = new MongoClient(server.uri);
    const db = client.db(server.database);
    await prepareCollections(db, [USERS]);
    return {
      store: new MongoRecordStore({ client, db, entity: USERS }),
      close: async () => {
        await client.close();
        await server.stop();
      },
    };
  },
});
