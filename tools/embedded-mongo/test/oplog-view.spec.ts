import { MongoClient, Timestamp } from 'mongodb';
import { startEmbeddedMongo } from '../src/index.js';

describe('local.oplog.rs: how far back the history reaches', () => {
  let server: Awaited<ReturnType<typeof startEmbeddedMongo>>;
  let client: MongoClient;
  beforeAll(async () => {
    server = await startEmbeddedMongo({ oplogEntries: 10 });
    client = await MongoClient.connect(server.uri);
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  const oplog = () => client.db('local').collection('oplog.rs');
  const entry = (direction: 1 | -1) => oplog().find({}).sort({ $natural: direction }).limit(1).next();

  it('shows the first entry, and forgets it when the history is cut', async () => {
    const first = await entry(1);
    expect(first).toMatchObject({ op: 'n', ns: '' });
    expect(first?.ts).toBeInstanceOf(Timestamp);
    for (let i = 0; i < 30; i++) await client.db('shop').collection('users').insertOne({ i });
    const later = await entry(1);
    expect(later).toMatchObject({ op: 'i', ns: 'shop.users' });
    expect((later?.ts as Timestamp).greaterThan(first?.ts as Timestamp)).toBe(true);
  });

  it('shows the last entry, and only what is asked of it', async () => {
    await client.db('shop').collection('users').deleteOne({});
    const last = await oplog()
      .find({}, { projection: { ts: 1, op: 1 } })
      .sort({ $natural: -1 })
      .limit(1)
      .next();
    expect(last).toEqual({ ts: expect.any(Timestamp) as Timestamp, op: 'd' });
  });

  it.each([
    ['a filter', () => oplog().find({ op: 'i' }).sort({ $natural: 1 }).limit(1)],
    ['no limit', () => oplog().find({}).sort({ $natural: 1 })],
    ['another order', () => oplog().find({}).sort({ ts: 1 }).limit(1)],
    ['no order', () => oplog().find({}).limit(1)],
  ])('refuses %s rather than answering wrongly', async (_what, ask) => {
    await expect(ask().toArray()).rejects.toMatchObject({ code: 238 });
  });
});
