import { startPrivateMongo, type PrivateMongo } from '@redis-mongo-sync/dev-servers';
import { MongoRecordsById, MongoRecordStore, prepareCollections } from '@redis-mongo-sync/sync-adapters';
import { USERS } from '@redis-mongo-sync/sync-core';
import type { Db, MongoClient } from 'mongodb';
import { createConnection, type Connection } from 'mongoose';
import { OutboxEvent, OutboxEventSchema } from '../src/outbox/outbox-event.js';
import { Outbox } from '../src/outbox/outbox.js';
import { OutboxRelay } from '../src/outbox/outbox-relay.js';
import { AnnouncedUsers } from '../src/users-by-id/announced-users.js';
import { eventually } from '@redis-mongo-sync/testing';

const CONTEXT = { requestId: 'request-1' };
const unfinished = { type: 'user.created', key: 'k', version: 1, time: new Date(), data: {} };
const ANY = { conditions: {}, context: CONTEXT };

describe('users by id, announced', () => {
  let server: PrivateMongo;
  let connection: Connection;
  let client: MongoClient;
  let db: Db;
  let outbox: Outbox;
  let users: AnnouncedUsers;
  let failAlongside = false;
  let n = 0;
  const email = () => `by-id-${n++}@example.org`;

  beforeAll(async () => {
    server = await startPrivateMongo();
    connection = await createConnection(server.uri, { dbName: server.database }).asPromise();
    client = connection.getClient();
    db = client.db(server.database);
    outbox = new Outbox(connection.model<OutboxEvent>(OutboxEvent.name, OutboxEventSchema));
    await prepareCollections(db, [USERS]);
    await outbox.prepare();
    users = new AnnouncedUsers({
      store: new MongoRecordsById({ client, db, entity: USERS }),
      outbox: {
        add: async (event, session) => {
          await outbox.add(event, session);
          if (failAlongside) throw new Error('the process dies here');
        },
      },
      kick: () => undefined,
      basePath: '/users-by-id',
    });
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });
  beforeEach(async () => {
    failAlongside = false;
    await outbox.remove((await outbox.oldest(1_000)).map(({ _id }) => _id));
  });

  const bodyOf = ({ body }: { body: unknown }) => JSON.parse(String(body)) as Record<string, unknown>;
  const created = async (address: string) =>
    bodyOf(await users.create({ email: address, fields: { username: 'ada', name: 'ada' } }, CONTEXT));

  it('each write leaves exactly its event, in the order of the writes', async () => {
    const address = email();
    const { id } = await created(address);
    await users.replace(String(id), { fields: { username: 'ada2', name: 'A' } }, ANY);
    const moved = email();
    await users.replace(String(id), { email: moved, fields: { username: 'ada3', name: 'A' } }, ANY);
    await users.remove(String(id), ANY);
    const events = await outbox.oldest(10);
    expect(events.map(({ type }) => type)).toEqual([
      'user.created',
      'user.updated',
      'user.updated',
      'user.deleted',
    ]);
    expect(events.map(({ data }) => data.email)).toEqual([address, address, moved, moved]);
    expect(events[2]?.data).toMatchObject({ id, previousEmail: address, username: 'ada3' });
    expect(events[0]).toMatchObject({
      _id: `user:${String(id)}:${events[0]?.version}`,
      key: id,
      correlationId: 'request-1',
    });
  });

  it('is the same user as by e-mail, and keeps its id when the e-mail changes', async () => {
    const store = new MongoRecordStore({ client, db, entity: USERS });
    const address = email();
    const { id } = await created(address);
    const moved = email();
    await users.replace(String(id), { email: moved, fields: { username: 'x', name: 'X' } }, ANY);
    expect(await store.get(address)).toMatchObject({ state: 'deleted' });
    expect(await store.get(moved)).toMatchObject({ state: 'live', record: { fields: { username: 'x' } } });
    expect(bodyOf(await users.read(String(id), {}))).toMatchObject({ id, email: moved, username: 'x' });
  });

  it('an event is stored as its fields and nothing else, and is read as it was written', async () => {
    const event = { ...unfinished, _id: email(), data: {}, correlationId: 'request-1', traceparent: '00-1' };
    await client.withSession((session) => session.withTransaction(() => outbox.add(event, session)));
    expect(await db.collection('outbox').find().toArray()).toEqual([event]);
    expect(await outbox.oldest(10)).toEqual([event]);
    const earlier = { ...unfinished, _id: 'by the driver', version: 0, data: { old: { nested: [null] } } };
    await db.collection<typeof earlier>('outbox').insertOne(earlier);
    expect(await outbox.oldest(10)).toEqual([earlier, event]);
  });

  it('an event that lacks what its readers need is not committed', async () => {
    const { time: _time, ...timeless } = { ...unfinished, _id: email() };
    const adding = client.withSession((session) =>
      session.withTransaction(() => outbox.add(timeless as OutboxEvent, session)),
    );
    await expect(adding).rejects.toThrow('Path `time` is required');
    expect(await outbox.size()).toBe(0);
  });

  it('a write whose announcement fails did not happen', async () => {
    const address = email();
    failAlongside = true;
    await expect(created(address)).rejects.toThrow('the process dies here');
    expect(await db.collection('users').countDocuments({ email: address })).toBe(0);
    failAlongside = false;
    const { id } = await created(address);
    failAlongside = true;
    await expect(users.remove(String(id), ANY)).rejects.toThrow();
    expect(await users.read(String(id), {})).toMatchObject({ status: 200 });
    expect(await outbox.size()).toBe(1);
  });

  it('refuses, and announces nothing: taken e-mail, wrong version, unknown id', async () => {
    const taken = email();
    const { id, version } = await created(taken);
    const other = await created(email());
    await outbox.remove((await outbox.oldest(10)).map(({ _id }) => _id));
    await expect(created(taken)).rejects.toMatchObject({ status: 409, details: { extensions: { id } } });
    const write = { fields: { username: 'y', name: 'Y' } };
    await expect(users.replace(String(other.id), { email: taken, ...write }, ANY)).rejects.toMatchObject({
      status: 409,
    });
    const stale = {
      conditions: { ifMatch: [{ weak: false, version: Number(version) - 1 }] },
      context: CONTEXT,
    };
    await expect(users.replace(String(id), write, stale)).rejects.toMatchObject({ status: 412 });
    await expect(users.remove('0'.repeat(24), ANY)).rejects.toMatchObject({ status: 404 });
    await expect(users.replace('0'.repeat(24), write, ANY)).rejects.toMatchObject({ status: 404 });
    await expect(users.read('0'.repeat(24), {})).rejects.toMatchObject({ status: 404 });
    expect(await outbox.size()).toBe(0);
  });

  it('twenty at once create one e-mail: one does, the others are told whose it is', async () => {
    const address = email();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => created(address)));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(19);
    for (const result of refused) expect(result).toMatchObject({ reason: { status: 409 } });
    expect(await outbox.size()).toBe(1);
  });

  it('concurrent updates each announce their own version, once', async () => {
    const { id } = await created(email());
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        users.replace(String(id), { fields: { username: `u${i}`, name: 'N' } }, ANY),
      ),
    );
    const events = await outbox.oldest(100);
    expect(events).toHaveLength(21);
    expect(new Set(events.map(({ version }) => version)).size).toBe(21);
    const last = bodyOf(await users.read(String(id), {}));
    expect(events.at(-1)?.data).toMatchObject({ version: last.version, username: last.username });
  });

  it('a transaction that a killed process left open does not hold up the next start', async () => {
    const left = client.startSession();
    try {
      left.startTransaction();
      await db.collection('users').insertOne({ email: email(), name: 'unfinished' }, { session: left });
      await outbox.add({ ...unfinished, _id: email() }, left);
      const started = Promise.all([prepareCollections(db, [USERS]), outbox.prepare()]).then(() => 'prepared');
      const late = new Promise((resolve) => setTimeout(resolve, 10_000, 'held up').unref());
      expect(await Promise.race([started, late])).toBe('prepared');
    } finally {
      await left.abortTransaction();
      await left.endSession();
    }
  });

  it('pages through all users in the order of the ids', async () => {
    const ids = new Set<string>();
    let after: string | undefined;
    do {
      const page = bodyOf(await users.list({ limit: 3, ...(after ? { after } : {}) }));
      for (const { id } of page.users as { id: string }[]) ids.add(id);
      const cursor = page.nextCursor as string | null;
      after = cursor === null ? undefined : Buffer.from(cursor, 'base64url').toString();
    } while (after);
    expect(ids.size).toBe(await db.collection('users').countDocuments({}));
  });

  it('the relay publishes in order through an outage, and leaves nothing behind', async () => {
    const { id } = await created(email());
    await users.replace(String(id), { fields: { username: 'b', name: 'B' } }, ANY);
    const published: string[] = [];
    const states: string[] = [];
    let down = true;
    const relay = new OutboxRelay({
      outbox,
      publish: (events: readonly OutboxEvent[]) => {
        if (down) return Promise.reject(new Error('Redis is down'));
        published.push(...events.map(({ type }) => type));
        return Promise.resolve();
      },
      onChange: (state) => states.push(state),
      pollMs: 20,
    });
    relay.start();
    try {
      await eventually(() => relay.state === 'waiting');
      expect(await outbox.size()).toBe(2);
      down = false;
      await eventually(async () => (await outbox.size()) === 0);
      await users.remove(String(id), ANY);
      relay.kick();
      await eventually(() => published.length === 3);
    } finally {
      await relay.stop();
    }
    expect(published).toEqual(['user.created', 'user.updated', 'user.deleted']);
    expect(states).toEqual(['waiting', 'delivering']);
  });
});
