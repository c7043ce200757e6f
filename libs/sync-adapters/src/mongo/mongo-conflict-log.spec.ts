import { startPrivateMongo } from '@redis-mongo-sync/dev-servers';
import { MongoClient } from 'mongodb';
import { CONFLICTS_COLLECTION, MongoConflictLog } from './mongo-conflict-log.js';
import { prepareConflictLog } from './prepare-conflict-log.js';

describe('the conflict log in Mongo', () => {
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

  it('forgets after the configured days, also when the number changes, and can be prepared again', async () => {
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

  it('reads what version 0.1 kept: the reason has its present name, the content any shape', async () => {
    const db = client.db(server.database);
    const side = { version: 5, source: 'redis', updatedAt: 0, content: '{"$odd":[null,{}],"":1.5}' };
    await db.collection<{ _id: string }>(CONFLICTS_COLLECTION).insertOne({
      _id: 'users:ada@example.org:5-redis',
      ...{ entity: 'users', key: 'ada@example.org', at: new Date(0), how: 'discarded' },
      ...{ reason: 'unversioned-write-in-mongo', loser: side, winner: { ...side, version: null } },
    });
    const [kept] = (await new MongoConflictLog(db).page({ limit: 1 })).conflicts;
    expect(kept).toMatchObject({
      reason: 'unstamped-write-in-mongo',
      loser: { content: { $odd: [null, {}], '': 1.5 } },
    });
  });
});
