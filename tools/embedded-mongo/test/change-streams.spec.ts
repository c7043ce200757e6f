import { randomUUID } from 'node:crypto';
import { Timestamp, type ChangeStream, type Collection, type Document, type MongoClient } from 'mongodb';
import type { EmbeddedMongo } from '../src/index.js';
import { errorOf, eventually, World } from './support.js';

interface Doc extends Document {
  _id: number;
}

/** Not a second for every stream that has nothing to show yet. */
const QUICK = { maxAwaitTimeMS: 20 };

const world = new World();
const open: ChangeStream[] = [];
let server: EmbeddedMongo;
let client: MongoClient;
let docs: Collection<Doc>;
beforeAll(async () => {
  server = await world.server();
  client = await world.client(server);
});
beforeEach(async () => {
  docs = (await client.db('cs').createCollection(`c${randomUUID()}`)) as unknown as Collection<Doc>;
});
afterEach(async () => {
  for (const stream of open.splice(0)) await stream.close();
});
afterAll(() => world.close());

function closedLater<T extends ChangeStream>(stream: T): T {
  open.push(stream);
  return stream;
}

/** A stream from now on: open on the server by the time it is given back. */
async function watching<T extends ChangeStream>(stream: T): Promise<T> {
  expect(await closedLater(stream).tryNext()).toBeNull();
  return stream;
}

async function take(stream: ChangeStream, count: number): Promise<Document[]> {
  const events: Document[] = [];
  while (events.length < count) events.push(await stream.next());
  return events;
}

describe('events', () => {
  it('tell what happened, in order', async () => {
    const stream = await watching(docs.watch([], QUICK));
    await docs.insertOne({ _id: 1, a: { b: 1 }, list: [1] });
    await docs.updateOne({ _id: 1 }, { $set: { 'a.b': 2, c: 3 }, $push: { list: 2 } as never });
    await docs.updateOne({ _id: 1 }, [{ $unset: 'c' }]);
    await docs.replaceOne({ _id: 1 }, { r: true });
    await docs.deleteOne({ _id: 1 });
    const events = await take(stream, 5);
    expect(events.map((event) => event.operationType as string)).toEqual([
      'insert',
      'update',
      'update',
      'replace',
      'delete',
    ]);
    expect(events[0]).toMatchObject({
      ns: { db: 'cs', coll: docs.collectionName },
      documentKey: { _id: 1 },
      fullDocument: { _id: 1, a: { b: 1 } },
      wallTime: expect.any(Date) as Date,
    });
    expect(events[1]?.updateDescription).toEqual({
      updatedFields: { 'a.b': 2, c: 3, 'list.1': 2 },
      removedFields: [],
      truncatedArrays: [],
    });
    expect(events[2]?.updateDescription).toMatchObject({ removedFields: ['c'] });
    expect(events[3]).toMatchObject({ fullDocument: { _id: 1, r: true } });
    const times = events.map((event) => (event.clusterTime as Timestamp).toBigInt());
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('of a transaction share its time and number', async () => {
    const stream = await watching(docs.watch([], QUICK));
    await client.withSession((session) =>
      session.withTransaction(async () => {
        await docs.insertOne({ _id: 1 }, { session });
        await docs.insertOne({ _id: 2 }, { session });
      }),
    );
    const [first, second] = await take(stream, 2);
    expect(first?.clusterTime).toEqual(second?.clusterTime);
    expect(first?.txnNumber).toEqual(second?.txnNumber);
    expect(first?.lsid).toBeDefined();
  });

  it('carry images as configured', async () => {
    await client
      .db('cs')
      .command({ collMod: docs.collectionName, changeStreamPreAndPostImages: { enabled: true } });
    const stream = await watching(
      docs.watch([], { fullDocument: 'required', fullDocumentBeforeChange: 'required' }),
    );
    await docs.insertOne({ _id: 1, n: 1 });
    await docs.updateOne({ _id: 1 }, { $set: { n: 2 } });
    await docs.deleteOne({ _id: 1 });
    const [, update, removal] = await take(stream, 3);
    expect(update).toMatchObject({ fullDocument: { n: 2 }, fullDocumentBeforeChange: { n: 1 } });
    expect(removal).toMatchObject({ fullDocumentBeforeChange: { n: 2 } });
  });

  it('look documents up as they are now', async () => {
    const start = (await client.db('admin').command({ ping: 1 })).operationTime as Timestamp;
    await docs.insertOne({ _id: 1 });
    await docs.updateOne({ _id: 1 }, { $set: { n: 1 } });
    await docs.updateOne({ _id: 1 }, { $set: { n: 2 } });
    await docs.insertOne({ _id: 2 });
    await docs.updateOne({ _id: 2 }, { $set: { n: 1 } });
    await docs.deleteOne({ _id: 2 });
    const stream = closedLater(
      docs.watch([{ $match: { operationType: 'update' } }], {
        fullDocument: 'updateLookup',
        startAtOperationTime: start,
      }),
    );
    const events = await take(stream, 3);
    expect(events.map((event) => event.fullDocument as unknown)).toEqual([
      { _id: 1, n: 2 },
      { _id: 1, n: 2 },
      null,
    ]);
  });

  it('come from a collection, a database or all of them', async () => {
    const db = client.db(`cs${randomUUID().slice(0, 8)}`);
    const streams = await Promise.all(
      [db.collection('x').watch([], QUICK), db.watch([], QUICK), client.watch([], QUICK)].map(watching),
    );
    await db.collection('y').insertOne({ n: 1 });
    await db.collection('x').insertOne({ n: 2 });
    await client.db('other').collection('x').insertOne({ n: 3 });
    await db.collection('x').insertOne({ n: 4 });
    const numbers = async (stream: ChangeStream | undefined, count: number) =>
      stream && (await take(stream, count)).map((event) => (event.fullDocument as Document).n as number);
    expect(await numbers(streams[0], 2)).toEqual([2, 4]);
    expect(await numbers(streams[1], 3)).toEqual([1, 2, 4]);
    expect(await numbers(streams[2], 4)).toEqual([1, 2, 3, 4]);
  });

  it('end with an invalidation that startAfter gets past', async () => {
    const stream = await watching(docs.watch([], QUICK));
    await docs.insertOne({ _id: 1 });
    await docs.drop();
    const events = await take(stream, 3);
    expect(events.map((event) => event.operationType as string)).toEqual(['insert', 'drop', 'invalidate']);
    await docs.insertOne({ _id: 2 });
    const [, dropped, invalidation] = events;
    expect(await errorOf(docs.watch([], { resumeAfter: invalidation?._id }).next())).toMatchObject({
      code: 260,
    });
    const after = closedLater(docs.watch([], { startAfter: invalidation?._id }));
    expect((await take(after, 1))[0]).toMatchObject({ documentKey: { _id: 2 } });
    const resumed = closedLater(docs.watch([], { resumeAfter: dropped?._id }));
    expect((await take(resumed, 1))[0]).toMatchObject({ operationType: 'invalidate' });
  });

  it('larger than a message are split or refused', async () => {
    await client
      .db('cs')
      .command({ collMod: docs.collectionName, changeStreamPreAndPostImages: { enabled: true } });
    const text = 'x'.repeat(9_000_000);
    await docs.insertOne({ _id: 1, text });
    const images = { fullDocument: 'required', fullDocumentBeforeChange: 'required' } as const;
    const plain = await watching(docs.watch([], { ...images, ...QUICK }));
    const split = await watching(docs.watch([{ $changeStreamSplitLargeEvent: {} }], { ...images, ...QUICK }));
    await docs.replaceOne({ _id: 1 }, { text, n: 1 });
    const fragments = await take(split, 2);
    expect(fragments.map((event) => event.splitEvent as unknown)).toEqual([
      { fragment: 1, of: 2 },
      { fragment: 2, of: 2 },
    ]);
    expect(Object.assign({}, ...fragments)).toMatchObject({
      fullDocument: { n: 1 },
      fullDocumentBeforeChange: { _id: 1 },
    });
    expect(await errorOf(plain.next())).toMatchObject({ code: 10334 });
    const resumed = closedLater(
      docs.watch([{ $changeStreamSplitLargeEvent: {} }], { ...images, resumeAfter: fragments[0]?._id }),
    );
    expect((await take(resumed, 1))[0]).toMatchObject({ splitEvent: { fragment: 2, of: 2 } });
  });
});

describe('resume tokens', () => {
  it('advance while nothing of interest happens', async () => {
    const stream = await watching(docs.watch([], QUICK));
    const before = (stream.resumeToken as Document)._data as string;
    await client.db('cs').collection('elsewhere').insertOne({});
    await eventually(async () => {
      await stream.tryNext();
      return ((stream.resumeToken as Document)._data as string) > before;
    });
    const token = stream.resumeToken;
    await docs.insertOne({ _id: 1 });
    const resumed = closedLater(docs.watch([], { resumeAfter: token }));
    expect((await take(resumed, 1))[0]).toMatchObject({ documentKey: { _id: 1 } });
  });

  it('of what was trimmed meet "history lost", unknown ones are refused', async () => {
    const own = await world.server();
    const collection = (await world.client(own)).db('d').collection<Doc>('c');
    const stream = await watching(collection.watch([], QUICK));
    await collection.insertMany([{ _id: 1 }, { _id: 2 }]);
    const [first] = await take(stream, 2);
    const token = first?._id as { _data: string };
    const time = first?.clusterTime as Timestamp;
    const fails = (options: Document) => errorOf(collection.watch([], options).next());
    expect(
      await fails({ resumeAfter: { _data: token._data.replace(/01$/, '').replace(/0$/, '701') } }),
    ).toMatchObject({ code: 280 });
    expect(await fails({ resumeAfter: { _data: 'nonsense' } })).toMatchObject({ code: 260 });
    own.trimOplog();
    await collection.insertOne({ _id: 3 });
    expect(await fails({ resumeAfter: token })).toMatchObject({ code: 286 });
    expect(await fails({ startAtOperationTime: time })).toMatchObject({ code: 286 });
    expect(await fails({ startAtOperationTime: new Timestamp({ t: 1, i: 1 }) })).toMatchObject({ code: 286 });
    expect((await take(stream, 1))[0]).toMatchObject({ documentKey: { _id: 3 } });
  });

  it('meet "history lost" when the stream itself fell behind', async () => {
    const own = await world.server({ oplogEntries: 10 });
    const collection = (await world.client(own)).db('d').collection<Doc>('c');
    const stream = await watching(collection.watch([], { batchSize: 1 }));
    await collection.insertMany(Array.from({ length: 100 }, (_, _id) => ({ _id })));
    expect(await errorOf(take(stream, 100))).toMatchObject({ code: 286 });
  });
});
