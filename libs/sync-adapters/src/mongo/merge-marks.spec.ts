import { startPrivateMongo } from '@redis-mongo-sync/dev-servers';
import {
  changeEvent,
  payloadOf,
  USERS,
  type ApplyAttempt,
  type EntityDefinition,
  type JsonObject,
} from '@redis-mongo-sync/sync-core';
import { MongoClient, type Db } from 'mongodb';
import { MongoDocumentAuthority } from './mongo-authority.js';
import { MongoRecordTarget } from './mongo-record-target.js';
import { prepareCollections } from './prepare-collections.js';

const ENTITY: EntityDefinition = { ...USERS, conflict: 'merge-fields' };

describe('I22: what a document keeps of the changes of its fields', () => {
  let server: Awaited<ReturnType<typeof startPrivateMongo>>;
  let client: MongoClient;
  let db: Db;
  let records: MongoRecordTarget;
  let authority: MongoDocumentAuthority;
  let count = 0;
  let key: string;

  beforeAll(async () => {
    server = await startPrivateMongo();
    client = await MongoClient.connect(server.uri);
    db = client.db(server.database);
    await prepareCollections(db, [ENTITY]);
    records = new MongoRecordTarget({ client, db, settler: { settle: () => Promise.resolve() } });
    authority = new MongoDocumentAuthority(db);
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });
  beforeEach(() => {
    key = `merged${(count += 1)}@example.org`;
  });

  /** A Redis write on top of what Mongo had at `base`. */
  async function apply(
    version: number,
    fields: JsonObject,
    { base, changed, ...more }: { base: number; changed?: readonly string[] } & Partial<ApplyAttempt>,
  ): Promise<void> {
    const said = changed ? { changed } : {};
    const payload = payloadOf({ email: key, ...fields });
    const event = changeEvent('redis', {
      entity: 'users',
      key,
      source: 'redis',
      version,
      payload,
      base,
      ...said,
    });
    expect(await records.apply(ENTITY, [{ entryId: '1-0', event, ...more }])).toEqual([
      { decision: 'apply' },
    ]);
  }
  const kept = async () => (await authority.current(ENTITY, [key])).get(key)?.fieldVersions;

  it('of a Redis write: which version, and that it is of Redis', async () => {
    await apply(1_000, { name: 'a' }, { base: 0 });
    const mark = { at: 1_000, made: 1_000, claimed: 0, known: 0 };
    expect(await kept()).toEqual({ of: { name: 1_000 }, made: { name: 1_000 }, all: 0, merged: mark });
    await apply(2_000, { name: 'a', city: 'b' }, { base: 1_000, changed: ['city'] });
    expect(await kept()).toEqual({
      of: { name: 1_000, city: 2_000 },
      made: { name: 1_000, city: 2_000 },
      all: 0,
      merged: mark,
    });
  });

  it('of a merge: the version that it was written with, the write that it was of, and what that knew', async () => {
    await apply(1_000, { name: 'a' }, { base: 0 });
    const merge = { made: 900, claimed: 500, known: 400 };
    await apply(3_000, { city: 'b' }, { base: 500, changed: ['city'], over: 1_000, merge });
    expect(await kept()).toMatchObject({
      of: { name: 1_000, city: 3_000 },
      made: { city: 900 },
      merged: { at: 3_000, ...merge },
    });
  });

  it('of a stamp: the fields that it names, and a write that lost as a whole', async () => {
    await apply(1_000, { name: 'a' }, { base: 0 });
    const id = (await authority.current(ENTITY, [key])).get(key)?.id ?? '';
    const merge = { made: 900, claimed: 500, known: 400 };
    await authority.stamp(ENTITY, [{ id, seen: 1_000, floor: 2_000, fields: [], merge }]);
    const stamped = await kept();
    expect(stamped).toMatchObject({ of: { name: 1_000 }, made: { name: 1_000 }, merged: merge });
    const { version } = (await authority.current(ENTITY, [key])).get(key) ?? {};
    expect(stamped?.merged?.at).toBe(version);
  });

  it('of an outsider’s edit: that any field may have changed, and nothing of a merge before', async () => {
    await apply(1_000, { name: 'a' }, { base: 0 });
    const { id } = (await authority.current(ENTITY, [key])).get(key) ?? {};
    await authority.stamp(ENTITY, [{ id: id ?? '', seen: 1_000, floor: 2_000 }]);
    const { version } = (await authority.current(ENTITY, [key])).get(key) ?? {};
    expect(await kept()).toEqual({ of: {}, made: {}, all: version });
  });
});
