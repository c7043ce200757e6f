import { Decimal128, Double, Long, MaxKey, ObjectId, UUID, type Db, type Document } from 'mongodb';

const MIB = 2 ** 20;

/** Documents of another program's: every fault that the doctor knows of, and what looks like one and is none. */
function uglyDocuments(): Document[] {
  return [
    {
      _id: new ObjectId('65a000000000000000000001'),
      email: 'ada@example.org',
      name: 'Ada',
      born: new Date(0),
    },
    { _id: 'text', email: 'bob@example.org', name: 'Bob', balance: Decimal128.fromString('0.10') },
    {
      _id: 7,
      email: 'carl@example.org',
      big: Long.MAX_VALUE,
      zero: new Double(-0),
      pattern: /^a/s,
      last: new MaxKey(),
    },
    { _id: Long.fromNumber(8), email: 'dup@example.org', version: 3, source: 'shop', deleted: 'no' },
    { _id: { shop: 1, n: 2 }, email: 'dup@example.org' },
    { _id: new UUID('6f1d8a3e-0b52-4c3a-9d57-2f6b0a1c4e88').toBinary(), email: ['list@example.org'] },
    { _id: new Date(253_402_300_799_999), email: null },
    { _id: true, email: 42 },
    { _id: 'missing-1' },
    { _id: 'missing-2', email: undefined, '': '', $odd: 1, 'a.b': {} },
    { _id: 'upper', email: ' Eve@Example.org ' },
    { _id: 'long', email: `${'x'.repeat(300)}@example.org` },
    { _id: 'no-mail', email: 'nobody' },
    { _id: 'foreign-text', email: 'sync1@example.org', _sync: 'yesterday' },
    { _id: 'foreign-object', email: 'sync2@example.org', _sync: { version: '5', source: 'mongo' } },
    { _id: 'huge', email: 'huge@example.org', blob: Buffer.alloc(8 * MIB) },
    { _id: 'large', email: 'large@example.org', blob: Buffer.alloc(MIB + 1) },
    { _id: 'bsontype-text', email: 'text@example.org', says: '_bsontype', also: 'x_bsontype' },
  ];
}

/** Fills the collection, gives it a useless index and a validator that refuses `_sync`. */
export async function makeUgly(db: Db, name: string): Promise<void> {
  const users = await db.createCollection(name);
  await users.insertMany(uglyDocuments(), { ignoreUndefined: true });
  await users.createIndex({ email: 1 });
  await db.command({ collMod: name, validator: { _sync: { $exists: false } } });
}

/** Mends what no `--fix` may: takes away what is in the way, keeps the rest. */
export async function mendByHand(db: Db, name: string): Promise<void> {
  await db.command({ collMod: name, validator: {} });
  const users = db.collection<{ _id: unknown }>(name);
  await users.deleteOne({ _id: Long.fromNumber(8) });
  await users.updateMany({ _sync: { $exists: true } }, { $rename: { _sync: 'sync' } });
}
