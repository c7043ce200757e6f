import { expect, it } from '@jest/globals';
import { startPrivateMongo } from '@redis-mongo-sync/dev-servers';
import { USERS } from '@redis-mongo-sync/sync-core';
import { MongoClient } from 'mongodb';
import { recordStoreContract } from '@redis-mongo-sync/sync-core/contracts';
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

it('a plain change is one command; a creation and a removal are short transactions', async () => {
  const server = await startPrivateMongo();
  const client = await MongoClient.connect(server.uri, { monitorCommands: true });
  try {
    const db = client.db(server.database);
    await prepareCollections(db, [USERS]);
    const store = new MongoRecordStore({ client, db, entity: USERS });
    const commands: string[] = [];
    client.on('commandStarted', ({ commandName }) => commands.push(commandName));
    const key = 'one-command@example.org';
    const write = { key, mode: 'merge', set: { name: 'Ada' }, unset: [], create: true } as const;
    const created = await store.write({ ...write, precondition: { kind: 'absent' } });
    await store.write({ ...write, precondition: { kind: 'none' } });
    await store.write({ ...write, precondition: { kind: 'exists' }, mode: 'replace' });
    await store.remove({ key, precondition: { kind: 'none' } });
    expect(created).toMatchObject({ outcome: 'created' });
    const creating = ['find', 'findAndModify', 'commitTransaction'];
    const changing = ['findAndModify', 'findAndModify'];
    const removing = ['findAndModify', 'findAndModify', 'commitTransaction'];
    expect(commands).toEqual([...creating, ...changing, ...removing]);
  } finally {
    await client.close();
    await server.stop();
  }
});
