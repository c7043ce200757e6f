import { startPrivateMongo } from '@redis-mongo-sync/dev-servers';
import { MongoClient } from 'mongodb';
import { CONFLICTS_COLLECTION } from './mongo-conflict-log.js';
import { prepareConflictLog } from './prepare-conflict-log.js';

describe('the indexes of the conflict log', () => {
  let server: Awaited<ReturnType<typeof startPrivateMongo>>;
  let client: MongoClient;

  beforeAll(async () => {
    server = await startPrivateMongo();
    client = await MongoClient.connect(server.uri);
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  it('forget after the configured days, also when the number changes, and can be made again', async () => {
    const db = client.db(server.database);
    const forgetAfter = async () => {
      const indexes = await db.collection(CONFLICTS_COLLECTION).indexes();
      return indexes
        .map(({ expireAfterSeconds }) => expireAfterSeconds as unknown)
        .filter((it) => it !== undefined);
    };
    await prepareConflictLog(db);
    expect(await forgetAfter()).toEqual([30 * 86_400]);
    await prepareConflictLog(db, 7);
    await prepareConflictLog(db, 7);
    expect(await forgetAfter()).toEqual([7 * 86_400]);
  });
});
