import { USERS } from '@redis-mongo-sync/sync-core';
import { isKeyIndex, partialKeyIndex } from './key-index.js';
import { prepareCollections } from './prepare-collections.js';
import { recordWritersStage, type RecordWritersStage } from '../testing/record-writers-stage.js';

const unique = { key: { email: 1 }, unique: true };

describe('isKeyIndex', () => {
  it.each([
    ['plain', unique],
    ['descending', { ...unique, key: { email: -1 } }],
    ['sparse', { ...unique, sparse: true }],
    ['of another name', { ...unique, name: 'uniq_email' }],
    ['partial: whoever has a key', { ...unique, partialFilterExpression: { email: { $exists: true } } }],
    ['partial: the one made here', { ...unique, ...partialKeyIndex(USERS).options }],
  ])('takes a unique index: %s', (_name, index) => {
    expect(isKeyIndex(USERS, index)).toBe(true);
  });

  it.each([
    ['not unique', { key: { email: 1 } }],
    ['over more fields', { ...unique, key: { email: 1, tenant: 1 } }],
    ['over another field', { ...unique, key: { name: 1 } }],
    ['partial by another field', { ...unique, partialFilterExpression: { age: { $gt: 3 } } }],
    [
      'partial by type, which lookups do not use',
      { ...unique, partialFilterExpression: { email: { $type: 'string' } } },
    ],
    ['with a collation', { ...unique, collation: { locale: 'de' } }],
    ['hidden', { ...unique, hidden: true }],
    ['without a key', {}],
  ])('refuses one that is %s', (_name, index) => {
    expect(isKeyIndex(USERS, index)).toBe(false);
  });
});

describe('partialKeyIndex', () => {
  let stage: RecordWritersStage;
  beforeAll(async () => {
    stage = await recordWritersStage();
  });
  afterAll(() => stage.close());

  it.each(['string', 'number', 'objectId', 'uuid'] as const)(
    'is recognised for keys of type %s',
    (keyType) => {
      const entity = { ...USERS, keyType };
      expect(isKeyIndex(entity, { key: { email: 1 }, ...partialKeyIndex(entity).options })).toBe(true);
    },
  );

  it('lets documents without a usable key be, and is as good as any for prepareCollections', async () => {
    const db = stage.client.db(`${stage.users.dbName}_partial`);
    const users = await db.createCollection('users');
    await users.insertMany([
      { name: 'one' },
      { name: 'two' },
      { email: null },
      { email: null },
      { email: 5 },
      { email: 5 },
    ]);
    const { key, options } = partialKeyIndex(USERS);
    await users.createIndex(key, options);
    await prepareCollections(db, [USERS]);
    expect((await users.indexes()).filter((index) => 'email' in index.key)).toHaveLength(1);
    await users.insertOne({ email: 'ada@example.org' });
    await expect(users.insertOne({ email: 'ada@example.org' })).rejects.toMatchObject({ code: 11000 });
    await db.dropDatabase();
  });
});
