import { startPrivateMongo, type PrivateMongo } from '@redis-mongo-sync/dev-servers';
import { MongoClient } from 'mongodb';
import { openAuditLog } from '../src/open-audit-log.js';
import { auditLogContract } from '../src/testing/audit-log-contract.js';
import { sampleEntries } from '../src/testing/sample-entries.js';

let server: PrivateMongo;
let client: MongoClient;
let places = 0;

beforeAll(async () => {
  server = await startPrivateMongo();
  client = await new MongoClient(server.uri).connect();
});

afterAll(async () => {
  await client.close();
  await server.stop();
});

const database = () => client.db(server.database);

auditLogContract('MongoDB', () => {
  const collection = `audit_log_${(places += 1)}`;
  return Promise.resolve({
    open: (options) => openAuditLog({ store: 'mongo', db: database(), collection }, options),
  });
});

describe('in MongoDB', () => {
  it('a changed and a removed entry are found by verification', async () => {
    const collection = `audit_log_${(places += 1)}`;
    const log = openAuditLog({ store: 'mongo', db: database(), collection });
    await log.prepare();
    await log.append(sampleEntries(20));
    // As `verify()` reads: what is not with the majority yet, it need not see.
    const entries = database().collection<{ _id: number }>(collection, { writeConcern: { w: 'majority' } });
    await entries.updateOne({ _id: 12 }, { $set: { data: '{"n":0}' } });
    expect(await log.verify()).toEqual({ outcome: 'broken', checked: 11, sequence: 12, reason: 'hash' });
    await entries.deleteOne({ _id: 5 });
    expect(await log.verify()).toEqual({
      outcome: 'broken',
      checked: 4,
      sequence: 6,
      reason: 'missing-before',
    });
    await log.close();
  });

  it('a log with a client of its own closes it', async () => {
    const choice = { store: 'mongo', uri: server.uri, database: server.database, collection: 'own' } as const;
    const log = openAuditLog(choice);
    await log.prepare();
    expect(await log.append(sampleEntries(2))).toHaveLength(2);
    await log.close();
  });
});
