import type { Collection, Document, MongoClient } from 'mongodb';
import { errorOf, World } from './support.js';

const words = (text: string) => text.trim().split(/\s+/);

/** What a user may reach for in MongoDB 7.0 that is not here. None of it may be ignored or half done. */
const COMMANDS = words(`
  mapReduce explain saslStart saslContinue createUser updateUser dropUser usersInfo createRole rolesInfo
  getParameter setParameter setFeatureCompatibilityVersion getDefaultRWConcern setDefaultRWConcern
  planCacheClear planCacheSetFilter validate compact reIndex cloneCollectionAsCapped convertToCapped
  currentOp killOp dropConnections profile top analyze getLog logRotate hostInfo getCmdLineOpts
  connPoolStats listCommands dataSize dbHash filemd5 fsync fsyncUnlock replSetInitiate replSetReconfig
  replSetGetConfig replSetFreeze appendOplogNote killAllSessionsByPattern createSearchIndexes
  updateSearchIndex dropSearchIndex enableSharding shardCollection addShard listShards balancerStart bulkWrite
`);
const STAGES = words(`
  bucketAuto currentOp densify fill geoNear indexStats listLocalSessions listSampledQueries listSearchIndexes
  listSessions planCacheStats redact search searchMeta setWindowFields shardedDataDistribution vectorSearch
`);
const EXPRESSIONS = words('accumulator function meta median percentile toHashedIndexKey');
const QUERIES: Document[] = [
  { $where: 'true' },
  { $text: { $search: 'x' } },
  { $jsonSchema: {} },
  { place: { $near: [0, 0] } },
  { place: { $nearSphere: [0, 0] } },
  { place: { $geoWithin: { $box: [] } } },
  { place: { $geoIntersects: {} } },
];
const FIND_OPTIONS: Document[] = [
  { tailable: true },
  { awaitData: true },
  { returnKey: true },
  { showRecordId: true },
  { projection: { score: { $meta: 'textScore' } } },
];
const INDEXES: Document[] = [
  ...['text', '2d', '2dsphere', 'hashed'].map((kind) => ({ key: { a: kind } })),
  { key: { '$**': 1 } },
  { key: { a: 1 }, prepareUnique: true },
  { key: { a: 1 }, storageEngine: {} },
  { key: { a: 1 }, collation: { locale: 'en', strength: 4 } },
];
const COLLECTIONS: Document[] = [
  { viewOn: 'c', pipeline: [] },
  { capped: true, size: 4096 },
  { timeseries: { timeField: 't' } },
  { clusteredIndex: { key: { _id: 1 }, unique: true } },
  { expireAfterSeconds: 1 },
  { storageEngine: {} },
  { encryptedFields: {} },
  { validator: { $jsonSchema: {} } },
];

const world = new World();
let client: MongoClient;
let documents: Collection;
let made = 0;
beforeAll(async () => {
  client = await world.client(await world.server());
  documents = client.db('refusals').collection('c');
  await documents.insertOne({ a: 1, place: [0, 0] });
});
afterAll(() => world.close());

const refusal = { code: 238, message: expect.stringContaining('use a real MongoDB server') as string };
const run = (command: Document) => errorOf(client.db('refusals').command(command));
const named = (cases: Document[]) => cases.map((it) => [JSON.stringify(it), it] as const);

describe('what is not done is refused by name', () => {
  it.each(COMMANDS)('command %s', async (name) => {
    expect(await run({ [name]: 1 })).toMatchObject(refusal);
  });

  it.each(STAGES)('stage $%s', async (name) => {
    expect(await errorOf(documents.aggregate([{ [`$${name}`]: {} }]).toArray())).toMatchObject(refusal);
  });

  it.each(EXPRESSIONS)('expression $%s', async (name) => {
    const projection = { $project: { x: { [`$${name}`]: '$a' } } };
    expect(await errorOf(documents.aggregate([projection]).toArray())).toMatchObject(refusal);
  });

  it.each(named(QUERIES))('filter %s', async (_, filter) => {
    expect(await errorOf(documents.find(filter).toArray())).toMatchObject(refusal);
  });

  it.each(named(FIND_OPTIONS))('find with %s', async (_, options) => {
    expect(await run({ find: 'c', ...options })).toMatchObject(refusal);
  });

  it.each(named(INDEXES))('index %s', async (_, index) => {
    expect(await run({ createIndexes: 'c', indexes: [{ name: `i${++made}`, ...index }] })).toMatchObject(
      refusal,
    );
  });

  it.each(named(COLLECTIONS))('collection with %s', async (_, options) => {
    expect(await run({ create: `made${++made}`, ...options })).toMatchObject(refusal);
  });

  it('reads of the past', async () => {
    const stale = client.withSession({ snapshot: true }, async (session) => {
      await documents.findOne({}, { session });
      await documents.updateOne({}, { $inc: { a: 1 } });
      await documents.findOne({}, { session });
    });
    expect(await errorOf(stale)).toMatchObject(refusal);
  });
});

describe('what MongoDB has not either is refused as there', () => {
  it.each<[string, () => Promise<unknown>, number]>([
    ['a command', () => client.db('refusals').command({ frobnicate: 1 }), 59],
    ['a field of a command', () => client.db('refusals').command({ ping: 1, loud: true }), 40415],
    ['a stage', () => documents.aggregate([{ $frob: {} }]).toArray(), 40324],
    ['an expression', () => documents.aggregate([{ $set: { x: { $frob: 1 } } }]).toArray(), 168],
    ['a filter', () => documents.find({ a: { $frob: 1 } } as never).toArray(), 2],
    ['an update, even of nothing', () => documents.updateOne({ z: 1 }, { $frob: { a: 1 } }), 9],
    ['more members', () => documents.insertOne({}, { writeConcern: { w: 2 } }), 100],
  ])('%s', async (_, act, code) => {
    expect(await errorOf(act())).toMatchObject({ code });
  });
});
