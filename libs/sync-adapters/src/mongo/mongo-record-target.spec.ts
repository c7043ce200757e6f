import { startPrivateMongo } from '@redis-mongo-sync/dev-servers';
import { USERS, type SettledDelivery } from '@redis-mongo-sync/sync-core';
import { MongoClient } from 'mongodb';
import { recordTargetContract } from '@redis-mongo-sync/sync-core/contracts';
import { MongoDocumentAuthority } from './mongo-authority.js';
import { MongoRecordTarget } from './mongo-record-target.js';
import { prepareCollections } from './prepare-collections.js';
import { Tombstones } from './tombstones.js';

recordTargetContract('MongoRecordTarget', async () => {
  const server = await startPrivateMongo();
  const client = await MongoClient.connect(server.uri);
  const db = client.db(server.database);
  await prepareCollections(db, [USERS]);
  const authority = new MongoDocumentAuthority(db);
  const tombstones = new Tombstones(db, 60_000);
  const settled: SettledDelivery[] = [];
  const settler = {
    settle: (settlements: readonly SettledDelivery[]) => {
      settled.push(...settlements);
      return Promise.resolve();
    },
  };
  return {
    records: new MongoRecordTarget({ client, db, settler }),
    settled,
    put: async ({ key, version, source, ...fields }) => {
      const stamp = version === null ? {} : { _sync: { version, source } };
      await db.collection(USERS.collection).insertOne({ email: key, ...fields, ...stamp });
    },
    bury: async ({ key, version, source, ...owned }) =>
      tombstones.putStamped(USERS, [{ key, version, source, owned }]),
    buried: async (key) => (await tombstones.get(USERS, key))?.version ?? null,
    image: async (key) => (await authority.current(USERS, [key])).get(key),
    close: async () => {
      await client.close();
      await server.stop();
    },
  };
});
