import type { ChangeStream, Collection, Document, Timestamp } from 'mongodb';
import { errorOf } from '../support.js';
import type { Place } from './place.js';

interface Doc extends Document {
  _id: number;
}

export function changeStreamsContract(place: Place): void {
  const open: ChangeStream[] = [];
  let docs: Collection<Doc>;
  beforeEach(async () => {
    docs = await place.collection<Doc>();
  });
  afterEach(async () => {
    for (const stream of open.splice(0)) await stream.close();
  });

  function closedLater<T extends ChangeStream>(stream: T): T {
    open.push(stream);
    return stream;
  }

  /** Open on the server by the time it is given back. */
  async function watching<T extends ChangeStream>(stream: T): Promise<T> {
    await closedLater(stream).tryNext();
    return stream;
  }

  async function take(stream: ChangeStream, count: number): Promise<Document[]> {
    const events: Document[] = [];
    while (events.length < count) events.push(await stream.next());
    return events;
  }

  const idsOf = (events: readonly Document[]) => events.map(({ documentKey }) => (documentKey as Doc)._id);

  it('tell what happened, in order', async () => {
    const stream = await watching(docs.watch());
    await docs.insertOne({ _id: 1, a: { b: 1 }, list: [1] });
    await docs.updateOne({ _id: 1 }, { $set: { 'a.b': 2, c: 3 } });
    await docs.updateOne({ _id: 1 }, { $unset: { c: '' } });
    await docs.updateOne({ _id: 1 }, { $set: { 'a.b': 2 } });
    await docs.replaceOne({ _id: 1 }, { r: true });
    await docs.deleteOne({ _id: 1 });
    const events = await take(stream, 5);
    const ns = { db: place.db.databaseName, coll: docs.collectionName };
    expect(events).toMatchObject([
      { operationType: 'insert', ns, fullDocument: { _id: 1, a: { b: 1 }, list: [1] } },
      {
        operationType: 'update',
        updateDescription: { updatedFields: { 'a.b': 2, c: 3 }, removedFields: [] },
      },
      { operationType: 'update', updateDescription: { updatedFields: {}, removedFields: ['c'] } },
      { operationType: 'replace', fullDocument: { _id: 1, r: true } },
      { operationType: 'delete', documentKey: { _id: 1 } },
    ]);
    expect(events[4]?.fullDocument).toBeUndefined();
  });

  it('look up the document as it is now', async () => {
    const stream = await watching(docs.watch([], { fullDocument: 'updateLookup' }));
    await docs.insertOne({ _id: 1, n: 1 });
    await docs.updateOne({ _id: 1 }, { $set: { n: 2 } });
    const [, update] = await take(stream, 2);
    expect(update).toMatchObject({ operationType: 'update', fullDocument: { _id: 1, n: 2 } });
  });

  it('carry the images before and after, where they are kept', async () => {
    const enabled = { collMod: docs.collectionName, changeStreamPreAndPostImages: { enabled: true } };
    await place.db.command(enabled);
    const stream = await watching(
      docs.watch([], { fullDocument: 'whenAvailable', fullDocumentBeforeChange: 'required' }),
    );
    await docs.insertOne({ _id: 1, n: 1 });
    await docs.updateOne({ _id: 1 }, { $set: { n: 2 } });
    await docs.deleteOne({ _id: 1 });
    const [, update, removal] = await take(stream, 3);
    expect(update).toMatchObject({ fullDocument: { n: 2 }, fullDocumentBeforeChange: { n: 1 } });
    expect(removal).toMatchObject({ fullDocumentBeforeChange: { n: 2 } });
  });

  it('come through a pipeline', async () => {
    const stream = await watching(
      docs.watch([
        { $match: { operationType: 'insert', 'fullDocument.n': { $gt: 1 } } },
        { $set: { seen: '$fullDocument.n' } },
      ]),
    );
    await docs.insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 2 },
    ]);
    expect(await take(stream, 1)).toMatchObject([{ documentKey: { _id: 2 }, seen: 2 }]);
  });

  it('are shown once their transaction commits, all at once', async () => {
    const stream = await watching(docs.watch());
    await place.client.withSession((session) =>
      session.withTransaction(async () => {
        await docs.insertOne({ _id: 1 }, { session });
        await docs.insertOne({ _id: 2 }, { session });
      }),
    );
    await place.client.withSession(async (session) => {
      session.startTransaction();
      await docs.insertOne({ _id: 3 }, { session });
      await session.abortTransaction();
    });
    await docs.insertOne({ _id: 4 });
    const events = await take(stream, 3);
    expect(idsOf(events)).toEqual([1, 2, 4]);
    expect(events[0]?.txnNumber).toEqual(events[1]?.txnNumber);
    expect(events[2]?.txnNumber).toBeUndefined();
  });

  it('go on after a token or from a time, with nothing missing and nothing twice', async () => {
    const stream = await watching(docs.watch());
    await docs.insertMany([1, 2, 3, 4].map((_id) => ({ _id })));
    const events = await take(stream, 4);
    const from = async (options: Document, count: number) =>
      idsOf(await take(closedLater(docs.watch([], options)), count));
    expect(await from({ resumeAfter: events[1]?._id as unknown }, 2)).toEqual([3, 4]);
    expect(await from({ startAfter: events[0]?._id as unknown }, 3)).toEqual([2, 3, 4]);
    expect(await from({ startAtOperationTime: events[2]?.clusterTime as Timestamp }, 2)).toEqual([3, 4]);
  });

  it('end when the collection is dropped', async () => {
    await docs.insertOne({ _id: 1 });
    const stream = await watching(docs.watch());
    await docs.drop();
    const [dropped, invalidated] = await take(stream, 2);
    expect([dropped?.operationType, invalidated?.operationType]).toEqual(['drop', 'invalidate']);
    const token = invalidated?._id as unknown;
    expect(await errorOf(docs.watch([], { resumeAfter: token }).next())).toMatchObject({ code: 260 });
    await docs.insertOne({ _id: 2 });
    expect(idsOf(await take(closedLater(docs.watch([], { startAfter: token })), 1))).toEqual([2]);
  });

  it('need a token of theirs', async () => {
    const nonsense = { resumeAfter: { _data: 'nonsense' } };
    expect(await errorOf(docs.watch([], nonsense).next())).toMatchObject({
      code: expect.any(Number) as number,
    });
    const withoutToken = docs.watch([{ $project: { operationType: 1, _id: 0 } }]);
    await watching(withoutToken);
    await docs.insertOne({ _id: 1 });
    expect(await errorOf(withoutToken.next())).toBeInstanceOf(Error);
  });
}
