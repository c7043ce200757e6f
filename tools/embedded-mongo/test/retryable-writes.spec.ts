import { Long, MongoNetworkError, UUID, type Collection, type Document, type MongoClient } from 'mongodb';
import type { EmbeddedMongo } from '../src/index.js';
import { errorOf, rawCommand, World } from './support.js';

interface Counter {
  _id: string;
  n: number;
}

const world = new World();
let folder: string;
let server: EmbeddedMongo;
let client: MongoClient;
let counters: Collection<Counter>;
beforeAll(async () => {
  folder = await world.folder();
  await start();
});
afterAll(() => world.close());

async function start(): Promise<void> {
  server = await world.server({ dbPath: folder });
  client = await world.client(server);
  counters = client.db('retry').collection<Counter>('counters');
}

async function restart(): Promise<void> {
  await world.stop(server);
  await start();
}

async function failPoint(name: string, mode: unknown, data: Document = {}): Promise<void> {
  await client.db('admin').command({ configureFailPoint: name, mode, data });
}

describe('a write that is repeated', () => {
  it('has its effect once, also after a restart and a snapshot', async () => {
    const lsid = { id: new UUID() };
    const increment = (txnNumber: number): Promise<Document> =>
      rawCommand(server.port, {
        update: 'counters',
        $db: 'retry',
        updates: [{ q: { _id: 'raw' }, u: { $inc: { n: 1 } }, upsert: true }],
        lsid,
        txnNumber: Long.fromNumber(txnNumber),
      });
    const once = { ok: 1, n: 1, upserted: [{ index: 0, _id: 'raw' }] };
    expect(await increment(1)).toMatchObject(once);
    expect(await increment(1)).toMatchObject(once);
    await restart();
    expect(await increment(1)).toMatchObject(once);
    await server.compact();
    await restart();
    expect(await increment(1)).toMatchObject(once);
    expect(await counters.findOne({ _id: 'raw' })).toMatchObject({ n: 1 });
    expect(await increment(2)).toMatchObject({ ok: 1, nModified: 1 });
    expect(await increment(1)).toMatchObject({ ok: 0, code: 225 });
    expect(await counters.findOne({ _id: 'raw' })).toMatchObject({ n: 2 });
  });

  it('as the commit of a transaction is confirmed again after a restart', async () => {
    const lsid = { id: new UUID() };
    const send = (command: Document) =>
      rawCommand(server.port, {
        ...command,
        $db: 'retry',
        lsid,
        txnNumber: Long.fromNumber(5),
        autocommit: false,
      });
    expect(
      await send({ insert: 'counters', documents: [{ _id: 'tx', n: 1 }], startTransaction: true }),
    ).toMatchObject({ n: 1 });
    const commit = { commitTransaction: 1 };
    const inAdmin = (command: Document) =>
      rawCommand(server.port, {
        ...command,
        $db: 'admin',
        lsid,
        txnNumber: Long.fromNumber(5),
        autocommit: false,
      });
    expect(await inAdmin(commit)).toMatchObject({ ok: 1 });
    expect(await inAdmin(commit)).toMatchObject({ ok: 1 });
    await restart();
    expect(await inAdmin(commit)).toMatchObject({ ok: 1 });
    expect(await inAdmin({ abortTransaction: 1 })).toMatchObject({ ok: 0, code: 256 });
    expect(await counters.findOne({ _id: 'tx' })).toEqual({ _id: 'tx', n: 1 });
  });

  it('because its reply was lost is not done twice', async () => {
    await failPoint('onPrimaryTransactionalWrite', { times: 1 });
    await counters.updateOne({ _id: 'lost' }, { $inc: { n: 1 } }, { upsert: true });
    expect(await counters.findOne({ _id: 'lost' })).toEqual({ _id: 'lost', n: 1 });
  });

  it('because it never arrived is done', async () => {
    await failPoint('onPrimaryTransactionalWrite', { times: 1 }, { failBeforeCommitExceptionCode: 1 });
    await counters.updateOne({ _id: 'refused' }, { $inc: { n: 1 } }, { upsert: true });
    expect(await counters.findOne({ _id: 'refused' })).toEqual({ _id: 'refused', n: 1 });
  });
});

describe('fail points', () => {
  it('fail as often as asked for, then no more', async () => {
    await failPoint('failCommand', { times: 2 }, { failCommands: ['find'], errorCode: 8 });
    for (let i = 0; i < 2; i++) expect(await errorOf(counters.findOne())).toMatchObject({ code: 8 });
    await counters.findOne();
    await failPoint('failCommand', { skip: 1 }, { failCommands: ['find'], errorCode: 8 });
    await counters.findOne();
    expect(await errorOf(counters.findOne())).toMatchObject({ code: 8 });
    await failPoint('failCommand', 'off');
    await counters.findOne();
  });

  it('close connections, delay, label errors and spare other applications', async () => {
    const [other, single] = await Promise.all([
      world.client(server, { appName: 'other' }),
      world.client(server, { retryReads: false }),
    ]);
    await failPoint('failCommand', { times: 1 }, { failCommands: ['find'], closeConnection: true });
    expect(await errorOf(single.db('retry').collection('counters').findOne())).toBeInstanceOf(
      MongoNetworkError,
    );
    await failPoint('failCommand', 'alwaysOn', {
      failCommands: ['find'],
      errorCode: 8,
      errorLabels: ['Mine'],
      appName: 'other',
    });
    await counters.findOne();
    const error = (await errorOf(other.db('retry').collection('counters').findOne())) as Error & {
      errorLabels?: string[];
    };
    expect(error.errorLabels).toContain('Mine');
    await failPoint(
      'failCommand',
      { times: 1 },
      { failCommands: ['ping'], blockConnection: true, blockTimeMS: 60 },
    );
    const before = performance.now();
    await client.db('admin').command({ ping: 1 });
    expect(performance.now() - before).toBeGreaterThanOrEqual(55);
    await failPoint('failCommand', 'off');
  });

  it('interrupt change streams, which resume', async () => {
    const stream = counters.watch([], { maxAwaitTimeMS: 20 });
    await stream.tryNext();
    await failPoint('failGetMoreAfterCursorCheckout', { times: 1 }, { errorCode: 91 });
    await counters.insertOne({ _id: 'seen', n: 0 });
    expect(await stream.next()).toMatchObject({ documentKey: { _id: 'seen' } });
    await stream.close();
  });
});

describe('stepping down', () => {
  it('refuses writes until the node is elected again, and drivers wait for that', async () => {
    await client.db('admin').command({ replSetStepDown: 1, force: true });
    await counters.insertOne({ _id: 'after', n: 0 });
    expect(await client.db('admin').command({ hello: 1 })).toMatchObject({ isWritablePrimary: true });
  });
});
