import * as fc from 'fast-check';
import {
  Binary,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
  type Document,
} from 'mongodb';
import { regularExpression } from '../mongo/bson-scalars.js';

/*
 * Documents of every type that the driver writes, nested, with names and shapes that look like typed values.
 */

const bytes = fc.uint8Array({ maxLength: 20 });
const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const uint32 = fc.nat({ max: 2 ** 32 - 1 });
const cText = text.map((value) => value.replaceAll('\0', ''));

const numbers = fc.oneof(
  fc.integer().map((n) => new Int32(n)),
  fc.double().map((n) => new Double(n)),
  fc.constantFrom(-0, 5, 1e300, 2 ** 53, 2 ** 60, Number.NaN, Infinity, -Infinity).map((n) => new Double(n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => Long.fromBigInt(n)),
  fc.constantFrom(5n, 2n ** 53n, -(2n ** 53n) - 1n, 2n ** 63n - 1n).map((n) => Long.fromBigInt(n)),
  fc
    .tuple(
      fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n }),
      fc.integer({ min: -6176, max: 6111 }),
    )
    .map(([coefficient, exponent]) => Decimal128.fromString(`${coefficient}E${exponent}`)),
  fc.constantFrom('1.10', '-0', '0E+3', '1E-6176', 'NaN', '-Infinity').map((n) => Decimal128.fromString(n)),
);

const scalars = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  text,
  fc.constantFrom('', '$name', 'a\0b', '\u2028"\\', '𝒳'),
  numbers,
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(-1, 0, 253_402_300_799_999, 253_402_300_800_000).map((ms) => new Date(ms)),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((value) => new ObjectId(value)),
  fc
    .tuple(bytes, fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 8, 0x80, 0xff))
    .map(([value, subType]) => new Binary(value, subType)),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((value) => new UUID(value)),
  fc.tuple(cText, fc.constantFrom('', 'i', 'imx', 'lsu')).map(([p, o]) => regularExpression(p, o)),
  fc.record({ t: uint32, i: uint32 }).map((value) => new Timestamp(value)),
  text.map((value) => new Code(value)),
  text.map((value) => new BSONSymbol(value)),
  fc.constantFrom(new MinKey(), new MaxKey()),
);

const names = fc.oneof(
  cText,
  fc.constantFrom('a', '', 'a.b', '0', '10', '9', '__proto__', 'constructor', '$gt', '$ref', '$id', '$db'),
  fc.constantFrom(
    '$oid',
    '$date',
    '$numberLong',
    '$binary',
    '$code',
    '$scope',
    '$document',
    '$regex',
    '$options',
  ),
);

/** Documents of the user's that could be taken for something else. */
const lookAlikes = fc.constantFrom<Document>(
  { $oid: 'zz' },
  { $oid: '0123456789abcdef01234567' },
  { $numberLong: '5' },
  { $date: '2024-02-29T12:00:00Z' },
  { $date: { $numberLong: '5' } },
  { $document: { a: 1 } },
  { $document: { $document: {} } },
  { $regex: 'a', $options: 'i' },
  { $undefined: true },
  { $minKey: 1 },
  { $ref: 'c', $id: 1 },
  { $ref: 'c.d', $id: { $oid: 'zz' }, $db: 'd', more: [1] },
  { $ref: '#/definitions/x' },
  { $code: 'x', $scope: { $gt: 1 } },
);

const { value } = fc.letrec<{ value: unknown; object: Document }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    scalars,
    lookAlikes,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
    fc.tuple(text, tie('object')).map(([code, scope]) => new Code(code, scope)),
  ),
  object: fc
    .array(fc.tuple(names, tie('value')), { maxLength: 4 })
    .map((members) => Object.fromEntries(members)),
}));

/** One value of any type. */
export const bsonValues: fc.Arbitrary<unknown> = value;
