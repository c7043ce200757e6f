import { BSON, Binary, Long, type ChangeStream, type Collection, type Document } from 'mongodb';
import type { Place } from './place.js';

/** Longer than any description of a change: a small document's pipeline update is told as a replacement. */
const PADDING = 'x'.repeat(400);

/** One stream over several collections, with images before the change on each. */
export function multiStreamsContract(place: Place): void {
  const open: ChangeStream[] = [];
  let users: Collection<Document>;
  let tombstones: Collection<Document>;
  beforeEach(async () => {
    users = await place.collection<Document>();
    tombstones = await place.collection<Document>();
    for (const { collectionName } of [users, tombstones]) {
      await place.db.command({ collMod: collectionName, changeStreamPreAndPostImages: { enabled: true } });
    }
  });
  afterEach(async () => {
    for (const stream of open.splice(0)) await stream.close();
  });

  function watch(options: Document = {}): ChangeStream {
    const names = [users.collectionName, tombstones.collectionName];
    const pipeline = [{ $match: { 'ns.coll': { $in: names } } }];
    const stream = place.db.watch(pipeline, { fullDocumentBeforeChange: 'whenAvailable', ...options });
    open.push(stream);
    return stream;
  }

  async function watching(options: Document = {}): Promise<ChangeStream> {
    const stream = watch(options);
    await stream.tryNext();
    return stream;
  }

  async function take(stream: ChangeStream, count: number): Promise<Document[]> {
    const events: Document[] = [];
    while (events.length < count) events.push(await stream.next());
    return events;
  }

  const brief = ({ operationType, ns, documentKey }: Document): unknown[] => [
    operationType,
    (ns as { coll: string }).coll === users.collectionName ? 'users' : 'tombstones',
    (documentKey as Document)._id as unknown,
  ];

  it('tells of all of them in order, with what was there before', async () => {
    const stream = await watching();
    await users.insertOne({ _id: 1 as never, a: 1, PADDING });
    await users.updateOne({}, [{ $set: { a: 2, o: { b: 1, PADDING } } }, { $set: { c: 3 } }]);
    await users.updateOne({}, [{ $unset: ['c', 'o.b'] }]);
    await users.replaceOne({}, { a: 5 });
    await tombstones.updateOne({ _id: 'k' as never }, [{ $set: { version: 5 } }], { upsert: true });
    await users.deleteOne({});
    const events = await take(stream, 6);
    expect(events.map(brief)).toEqual([
      ['insert', 'users', 1],
      ['update', 'users', 1],
      ['update', 'users', 1],
      ['replace', 'users', 1],
      ['insert', 'tombstones', 'k'],
      ['delete', 'users', 1],
    ]);
    expect(events).toMatchObject([
      {},
      {
        updateDescription: { updatedFields: { a: 2, c: 3, o: { b: 1, PADDING } }, removedFields: [] },
        fullDocumentBeforeChange: { _id: 1, a: 1, PADDING },
      },
      {
        updateDescription: { updatedFields: {}, removedFields: expect.arrayContaining(['c', 'o.b']) as [] },
        fullDocumentBeforeChange: { a: 2, c: 3, o: { b: 1 } },
      },
      { fullDocument: { _id: 1, a: 5 }, fullDocumentBeforeChange: { a: 2, PADDING } },
      { fullDocument: { _id: 'k', version: 5 } },
      { fullDocumentBeforeChange: { _id: 1, a: 5 } },
    ]);
  });

  it('tells of a small document that a pipeline rewrote as of a replacement', async () => {
    await users.insertOne({ _id: 1 as never, a: 1 });
    const stream = await watching();
    await users.updateOne({}, [{ $set: { a: 2 } }]);
    await users.updateOne({}, { $set: { a: 3 } });
    const [byPipeline, byOperator] = await take(stream, 2);
    expect(byPipeline).toMatchObject({ operationType: 'replace', fullDocument: { _id: 1, a: 2 } });
    expect(byOperator).toMatchObject({
      operationType: 'update',
      updateDescription: { updatedFields: { a: 3 } },
    });
  });

  async function bury(): Promise<void> {
    await users.insertOne({ _id: 1 as never, PADDING });
    await place.client.withSession((session) =>
      session.withTransaction(async () => {
        await users.deleteOne({ _id: 1 as never }, { session });
        await tombstones.updateOne({ _id: 'k' as never }, [{ $set: { v: 1 } }], { session, upsert: true });
        await users.insertOne({ _id: 2 as never }, { session });
        await users.deleteOne({ _id: 2 as never }, { session });
      }),
    );
    await users.insertOne({ _id: 3 as never });
  }

  const TRANSACTION = [
    ['delete', 'users', 1],
    ['insert', 'tombstones', 'k'],
    ['insert', 'users', 2],
    ['delete', 'users', 2],
  ];

  it('tells of a transaction in its order, with one time and number', async () => {
    const stream = await watching();
    await bury();
    const [before, ...events] = await take(stream, 6);
    const inside = events.slice(0, 4);
    expect(inside.map(brief)).toEqual(TRANSACTION);
    expect(new Set(inside.map(({ clusterTime }) => String(clusterTime))).size).toBe(1);
    expect(new Set(inside.map(({ txnNumber }) => String(txnNumber))).size).toBe(1);
    expect(new Set(inside.map(({ lsid }) => BSON.EJSON.stringify(lsid as Document))).size).toBe(1);
    expect([before?.txnNumber, events[4]?.txnNumber]).toEqual([undefined, undefined]);
    const tokens = [before, ...events].map((event) => (event?._id as { _data: string })._data);
    expect(tokens.toSorted()).toEqual(tokens);
    expect(new Set(tokens).size).toBe(6);
  });

  it('goes on from the middle of a transaction', async () => {
    const stream = await watching();
    await bury();
    const events = await take(stream, 6);
    const all = events.map(brief);
    for (const [n, { _id }] of events.slice(0, 5).entries()) {
      const rest = await take(watch({ resumeAfter: _id as unknown }), 5 - n);
      expect(rest.map(brief)).toEqual(all.slice(n + 1));
    }
  });

  it('carries ids of every type', async () => {
    const stream = await watching({ promoteValues: false, promoteLongs: false });
    const ids = [
      Long.fromNumber(5),
      new Binary(Buffer.from([1])),
      { entity: 'u', key: 'k' },
      new Date(5),
      null,
      'x',
    ];
    const documents = ids.map((_id) => ({ _id, PADDING }));
    await place.db.command({ insert: users.collectionName, documents });
    for (const _id of ids) await users.updateOne({ _id: { $eq: _id as never } }, [{ $set: { a: 1 } }]);
    for (const _id of ids) await users.deleteOne({ _id: { $eq: _id as never } });
    const events = await take(stream, 18);
    const shown = (_id: unknown) => BSON.EJSON.stringify({ _id }, { relaxed: false });
    expect(events.map(({ documentKey }) => shown((documentKey as Document)._id))).toEqual(
      [...ids, ...ids, ...ids].map(shown),
    );
  });

  it('tells of indexes and collections that change, if asked to', async () => {
    await users.createIndex({ email: 1 }, { unique: true });
    const stream = await watching({ showExpandedEvents: true });
    await users.dropIndex('email_1');
    await place.db.command({ collMod: users.collectionName, validator: { a: { $exists: true } } });
    await tombstones.drop();
    const [dropped, modified, gone] = await take(stream, 3);
    expect(dropped).toMatchObject({
      operationType: 'dropIndexes',
      operationDescription: { indexes: [{ name: 'email_1', unique: true }] },
    });
    expect(modified).toMatchObject({ operationType: 'modify' });
    expect(gone).toMatchObject({ operationType: 'drop', ns: { coll: tombstones.collectionName } });
  });

  it('hands over commands whose batches were left raw', async () => {
    const started = await place.db.command({
      aggregate: users.collectionName,
      pipeline: [{ $changeStream: {} }],
      cursor: {},
    });
    await users.insertOne({ _id: 1 as never, n: Long.fromNumber(5) });
    const { id } = started.cursor as { id: Long };
    const reply = await place.db.command(
      { getMore: Long.fromValue(id), collection: users.collectionName, maxTimeMS: 5_000 },
      { fieldsAsRaw: { 'cursor.nextBatch': true } },
    );
    expect(reply.ok).toBe(1);
    await place.db.command({ killCursors: users.collectionName, cursors: [id] });
  });
}
