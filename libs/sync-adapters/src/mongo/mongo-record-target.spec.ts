import { startPrivateMongo } from '@redis-mongo-sync/dev-servers';
import { USERS, type SettledDelivery } from '@redis-mongo-sync/sync-core';
import { MongoClient } from 'mongodb';
import { recordTargetContract } from '@redis-mongo-sync/sync-core/contracts';
import { MongoDocumentAuthority } from './mongo-authority.js';
import { MongoRecordTarget } from './mongo-record-target.js';
import { prepareCollections } from './prepare-collections.js';

recordTargetContract('MongoRecordTarget', async () => {
  const server = await startPrivateMongo();
  const client = await MongoClient.connect(server.uri);
  const db = client.db(server.database);
  await prepareCollections(db, [USERS]);
  const authority = new MongoDocumentAuthority(db);
  const settled: SettledDelivery[] = [];
  const settler = {
    settle: (settlements: readonly SettledDelivery[]) => {
      settled.push(...settlements);
      return Promise.resolve();
    },
  };
  return {
    records: new MongoRecordTarget({ db, authority, settler }),
    settled,
    put: async ({ key, version, ...rest }) => {
      const stamp = version === null ? {} : { version };
      await db.collection(USERS.collection).insertOne({ email: key, ...rest, ...stamp });
    },
    image: async (key) => (await authority.current(USERS, [key])).get(key),
    close: async () => {
      await client.close();
      await server.stop();
    },
  };
});
