import * as fc from 'fast-check';
import { Binary, Decimal128, Long, MaxKey, ObjectId, Timestamp, UUID, type Document } from 'mongodb';

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
  new MaxKey(),
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

/** Stamps that the sync never wrote. `{}` is a document without one. */
export const uglyStamps: fc.Arbitrary<Document> = fc.constantFrom<Document>(
  {},
  { version: null },
  { version: 0 },
  { version: -1 },
  { version: 7.5, source: 'mongo' },
  { version: 8, source: 'redis' },
  { version: Long.fromNumber(9) },
  { version: Long.MAX_VALUE },
  { version: Decimal128.fromString('10.25'), source: 3 },
  { version: '11' },
  { version: 'v1' },
  { version: Number.NaN },
  { version: new Date(5) },
  { version: [1, 2] },
  { version: { major: 1 } },
  { version: /^1/ },
  { version: 12, deleted: false },
  { version: 13, deleted: null },
  { version: 14, deleted: 'no' },
);
