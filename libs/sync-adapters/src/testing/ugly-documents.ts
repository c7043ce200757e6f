import * as fc from 'fast-check';
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Long,
  MaxKey,
  ObjectId,
  Timestamp,
  UUID,
  type Document,
} from 'mongodb';

/*
 * What other programs leave in a collection that is synced: fields of their own, in types that JSON does not have,
 * and stamps that are none.
 */

const scalars = fc.constantFrom<unknown>(
  null,
  true,
  '',
  '$name',
  'Ünïcødé 𝒳 \u2028 "quoted"',
  -0,
  0.1,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  2 ** 53 - 1,
  Long.MAX_VALUE,
  Decimal128.fromString('0.10'),
  new Date(0),
  new Date(253_402_300_799_999),
  new ObjectId('0123456789abcdef01234567'),
  new UUID('6f1d8a3e-0b52-4c3a-9d57-2f6b0a1c4e88').toBinary(),
  new Binary(Buffer.from([0, 255])),
  new Timestamp({ t: 1, i: 1 }),
  /^a.*$/i,
  new BSONRegExp('a.b', 'ms'),
  new BSONSymbol('name'),
  new Code('x', { a: 1 }),
  new MaxKey(),
  { $gt: 5 },
  { $oid: 'zz' },
  { $numberLong: '5' },
  { $document: { $regex: 'a', $options: 'i' } },
  { $ref: 'c', $id: new ObjectId('0123456789abcdef01234567') },
);

const { value: values } = fc.letrec<{ value: unknown; list: unknown[]; object: Document }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalars, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(fc.constantFrom('a', 'list', 'x-y', '0', 'name'), tie('value'), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
}));

/** Fields of a user beside its key and stamp. */
export const uglyFields: fc.Arbitrary<Document> = fc.dictionary(
  fc.constantFrom(
    'name',
    'tags',
    'address',
    'wallet',
    'passwordHash',
    '__v',
    'createdAt',
    'cart items',
    'id',
  ),
  values,
  { maxKeys: 5, noNullPrototype: true },
);

/** What stands in `_sync` and was never written by the sync. `{}`: nothing. */
export const uglyStamps: fc.Arbitrary<Document> = fc
  .constantFrom<unknown>(
    undefined,
    null,
    'theirs',
    7,
    [],
    [{ version: 5, source: 'mongo' }],
    {},
    { version: null },
    { version: 0, source: 'mongo' },
    { version: -1, source: 'mongo' },
    { version: 7.5, source: 'mongo' },
    { version: 8, source: 'redis' },
    { version: 8 },
    { version: 8, source: 'somebody' },
    { version: Long.fromNumber(9), source: 'mongo' },
    { version: Long.MAX_VALUE, source: 'mongo' },
    { version: new Timestamp({ t: 0, i: 9 }), source: 'mongo' },
    { version: Decimal128.fromString('10'), source: 'mongo' },
    { version: '11', source: 'redis' },
    { version: true, source: 'redis' },
    { version: Number.NaN, source: 'mongo' },
    { version: new Date(5), source: 'mongo' },
    { version: [1, 2], source: 'mongo' },
    { version: { major: 1 }, source: 'mongo' },
    { version: /^1/, source: 'mongo' },
  )
  .map((stamp) => (stamp === undefined ? {} : { _sync: stamp }));

/** Fields of theirs that are called as the sync's were in earlier versions. */
export const formerStamps: fc.Arbitrary<Document> = fc.constantFrom<Document>(
  {},
  { version: '1.2.3', source: 'google', updatedAt: new Date('2025-05-05T05:05:05Z') },
  { version: 12, deleted: true, purgeAt: new Date('2035-01-01') },
  { deleted: 'no', source: 3 },
);
