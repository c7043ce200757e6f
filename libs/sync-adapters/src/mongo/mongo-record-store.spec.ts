import { startPrivateMongo } from '#libs/dev-servers';
import { USERS } from '#libs/sync-core';
import { MongoClient } from 'mongodb';
import { recordStoreContract } from '../../../sync-core/src/testing/record-store-contract.js';
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
