import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPrivateMongo } from '@redis-mongo-sync/dev-servers';
import {
  changeEvent,
  fieldsOf,
  payloadOf,
  USERS,
  type ApplyAttempt,
  type EntityDefinition,
  type JsonObject,
} from '@redis-mongo-sync/sync-core';
import * as fc from 'fast-check';
import { BSON, MongoClient, type Collection, type Db, type Document } from 'mongodb';
import { bsonValues } from '../testing/bson-documents.js';
import { imageOf } from './documents.js';
import { MongoDocumentAuthority } from './mongo-authority.js';
import { MongoRecordStore } from './mongo-record-store.js';
import { MongoRecordTarget } from './mongo-record-target.js';
import { prepareCollections } from './prepare-collections.js';
import { decodeDocument } from './read-documents.js';

const seed = Number(process.env.UNTOUCHED_SEED ?? Date.now() % 1_000_000);
/** Fields of theirs, of any type. */
const bsonDocuments = fc.dictionary(
  fc.constantFrom(
    'name',
    'tags',
    'address',
    'createdAt',
    'cart items',
    'a.b',
    '__v',
    'version',
    'deleted',
    'wallet',
  ),
  bsonValues,
  { maxKeys: 6, noNullPrototype: true },
);
const NONE = { kind: 'none' } as const;

describe(`documents that have lived beside other applications (seed ${seed})`, () => {
  let server: Awaited<ReturnType<typeof startPrivateMongo>>;
  let client: MongoClient;
  let db: Db;
  let users: Collection;

  beforeAll(async () => {
    server = await startPrivateMongo();
    client = await MongoClient.connect(server.uri);
    db = client.db(server.database);
    users = db.collection(USERS.collection);
    await prepareCollections(db, [USERS]);
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  let count = 0;
  const newKey = () => `untouched-${(count += 1)}@example.org`;

  /** The bytes of each top-level field of the document with this key, but for these. */
  async function bytesOf(key: string, ...but: readonly string[]): Promise<Map<string, string>> {
    const [raw] = await users.find({ email: key }, { raw: true }).toArray();
    const bytes = raw as unknown as Uint8Array;
    const fields = [...BSON.onDemand.parseToElements(bytes)].map(([type, nameAt, nameLength, at, length]) => {
      const name = Buffer.from(bytes.subarray(nameAt, nameAt + nameLength)).toString('utf8');
      return [name, `${type} ${Buffer.from(bytes.subarray(at, at + length)).toString('hex')}`] as const;
    });
    return new Map(fields.filter(([name]) => !['_sync', ...but].includes(name)));
  }

  /** Puts the document as another application would, then stamps it as capture does. */
  async function put(key: string, fields: Document): Promise<number> {
    const { insertedId } = await users.insertOne({ ...fields, email: key });
    const authority = new MongoDocumentAuthority(db);
    const id = imageOf(USERS, { _id: insertedId, email: key })?.id ?? '';
    await authority.stamp(USERS, [{ id, seen: null, floor: 0 }]);
    return (await authority.current(USERS, [key])).get(key)?.version ?? 0;
  }

  /** What Redis would show of the document. */
  async function shown(key: string): Promise<JsonObject> {
    const [raw] = await users.find({ email: key }, { raw: true }).toArray();
    const decoded = decodeDocument(raw as unknown as Uint8Array);
    if (decoded.fault !== undefined) throw new Error(decoded.fault);
    return imageOf(USERS, decoded.document)?.fields ?? {};
  }

  function redisWrite(
    key: string,
    base: number,
    fields: JsonObject,
    changed?: readonly string[],
  ): ApplyAttempt {
    const payload = payloadOf({ ...fields, email: key });
    const write = { entity: USERS.name, key, source: 'redis', version: base + 1024, payload, base } as const;
    return { entryId: '1-0', event: changeEvent('redis', { ...write, ...(changed ? { changed } : {}) }) };
  }

  const target = (entity: EntityDefinition = USERS) => {
    const records = new MongoRecordTarget({ client, db, settler: { settle: () => Promise.resolve() } });
    return (attempt: ApplyAttempt) => records.apply(entity, [attempt]);
  };

  const check = (property: (fields: Document) => Promise<void>) =>
    fc.assert(fc.asyncProperty(bsonDocuments, property), { seed, numRuns: 60, endOnFailure: true });

  it('I24: a Redis write that changes one field leaves the bytes of all others', async () => {
    await check(async (fields) => {
      const key = newKey();
      const base = await put(key, fields);
      const before = await bytesOf(key, 'city');
      const write = redisWrite(key, base, { ...(await shown(key)), city: 'Ada' }, ['city']);
      expect(await target()(write)).toEqual([{ decision: 'apply' }]);
      expect(await bytesOf(key, 'city')).toEqual(before);
      expect(await users.countDocuments({ email: key, city: 'Ada' })).toBe(1);
    });
  });

  it('I24: so does one that sends the whole record and does not say what it changed', async () => {
    await check(async (fields) => {
      const key = newKey();
      const base = await put(key, fields);
      const before = await bytesOf(key, 'city');
      expect(await target()(redisWrite(key, base, { ...(await shown(key)), city: 'Ada' }))).toEqual([
        { decision: 'apply' },
      ]);
      expect(await bytesOf(key, 'city')).toEqual(before);
    });
  });

  it('I24: so do a change of one field and a stamp in Mongo', async () => {
    const store = new MongoRecordStore({ client, db, entity: USERS });
    await check(async (fields) => {
      const key = newKey();
      await put(key, fields);
      const before = await bytesOf(key, 'city');
      const write = { key, mode: 'merge', set: { city: 'Ada' }, unset: [], create: false } as const;
      expect(await store.write({ ...write, precondition: NONE })).toMatchObject({ outcome: 'updated' });
      expect(await bytesOf(key, 'city')).toEqual(before);
    });
  });

  it('a Redis write that sends everything back as it was shown keeps the types of numbers', async () => {
    const key = newKey();
    const fields = {
      int: 5,
      double: new BSON.Double(5),
      long: BSON.Long.fromNumber(5),
      far: BSON.Long.MAX_VALUE,
      nested: { b: new BSON.Double(1), a: 1 },
    };
    const base = await put(key, fields);
    const before = await bytesOf(key);
    const event = redisWrite(key, base, await shown(key)).event;
    expect(fieldsOf(event).far).toEqual({ $numberLong: '9223372036854775807' });
    expect(await target()({ entryId: '1-0', event })).toEqual([{ decision: 'apply' }]);
    const after = await bytesOf(key);
    for (const field of ['int', 'double', 'long', 'far']) expect(after.get(field)).toBe(before.get(field));
  });

  it('refuses a value that is none, as the fault of its record only', async () => {
    const [bad, good] = [newKey(), newKey()];
    const records = new MongoRecordTarget({ client, db, settler: { settle: () => Promise.resolve() } });
    const results = await records.apply(USERS, [
      redisWrite(bad, 0, { name: { $oid: 'zz' } }),
      redisWrite(good, 0, { name: 'Ada' }),
    ]);
    expect(results).toMatchObject([{ decision: 'refused' }, { decision: 'apply' }]);
  });

  it('keeps fields that are called as the sync once called its own', async () => {
    const key = newKey();
    const own = {
      version: '1.2.3',
      source: 'google',
      updatedAt: new Date(5),
      deleted: 'no',
      purgeAt: new Date(9),
    };
    const base = await put(key, own);
    await target()(redisWrite(key, base, { ...(await shown(key)), name: 'Ada' }, ['name']));
    expect(await users.findOne({ email: key }, { projection: { _id: 0, _sync: 0, email: 0 } })).toEqual({
      ...own,
      name: 'Ada',
    });
  });

  it('leaves no document of its own in the collection when a record is deleted', async () => {
    const store = new MongoRecordStore({ client, db, entity: USERS });
    const key = newKey();
    const base = await put(key, { name: 'Ada', wallet: BSON.Long.fromNumber(7) });
    await store.remove({ key, precondition: NONE });
    expect(await users.countDocuments({ email: key })).toBe(0);
    expect(await store.get(key)).toMatchObject({ state: 'deleted' });
    await users.insertOne({ email: key, name: 'signed up again' });
    expect(await store.get(key)).toMatchObject({ state: 'live', record: { version: 0 } });
    await users.deleteOne({ email: key });
    const created = await store.write({
      key,
      mode: 'merge',
      set: { name: 'by a client' },
      unset: [],
      create: true,
      precondition: NONE,
    });
    // What Mongo owns comes back with the record; the version lies above the tombstone.
    expect(created).toMatchObject({ outcome: 'created', record: { fields: { wallet: 7 } } });
    if (created.outcome === 'created') expect(created.record.version).toBeGreaterThan(base);
  });
});
