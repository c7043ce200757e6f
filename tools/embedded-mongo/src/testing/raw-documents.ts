import fc from 'fast-check';

/** BSON written byte by byte: all types, and what no driver would send but any server may hold. */

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
};
const int64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
};
const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};
const cstring = (text: Buffer): Buffer => Buffer.concat([text, Buffer.alloc(1)]);
const string = (text: Buffer): Buffer => Buffer.concat([int32(text.length + 1), cstring(text)]);
const sized = (...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length + 4), body]);
};

/** Text of any bytes but zero: mostly good, sometimes no UTF-8, a surrogate or an overlong form. */
const texts: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .constantFrom('', 'a', 'é', '\u{1f600}', '\ufffd', 'long'.repeat(20))
      .map((text) => Buffer.from(text)),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('ff', 'c3', 'eda080', 'c080', 'f0908080', '61e282', '80bf', `61${'c3a9'.repeat(20)}ff`)
      .map((hex) => Buffer.from(hex, 'hex')),
  },
);

const names: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', '').map((name) => Buffer.from(name)) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        '10',
        '2',
        '007',
        '4294967295',
        '__proto__',
        'constructor',
        '_bsontype',
        '$ref',
        '$id',
        'a.b',
        '$set',
      )
      .map((name) => Buffer.from(name)),
  },
  { weight: 1, arbitrary: texts },
);

type Element = { type: number; bytes: Buffer };
const element = (type: number, bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Element> =>
  bytes.map((value) => ({ type, bytes: value }));
const bytesOf = (length: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes));

const doubles = fc.oneof(
  fc.constantFrom(0, -0, 5, -1, 2 ** 31, 2 ** 53, 1e300, Infinity, NaN, 0.1),
  fc.double(),
);
const longs = fc.oneof(
  fc.constantFrom(0n, 5n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 8_640_000_000_000_001n),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const regexes = fc
  .tuple(texts, fc.constantFrom('', 'i', 'mi', 'xyz', 'i i'))
  .map(([pattern, options]) => Buffer.concat([cstring(pattern), cstring(Buffer.from(options))]));
const binaries = fc
  .tuple(fc.constantFrom(0, 2, 3, 4, 5, 0x80), fc.uint8Array({ maxLength: 17 }))
  .map(([subtype, content]) =>
    Buffer.concat([int32(content.length), Buffer.of(subtype), Buffer.from(content)]),
  );
const pointers = fc
  .tuple(texts, bytesOf(12))
  .map(([namespace, id]) => Buffer.concat([string(namespace), id]));

const scalars: fc.Arbitrary<Element> = fc.oneof(
  element(0x01, doubles.map(double)),
  element(0x02, texts.map(string)),
  element(0x05, binaries),
  element(0x06, fc.constant(Buffer.alloc(0))),
  element(0x07, bytesOf(12)),
  element(0x08, fc.constantFrom(Buffer.of(0), Buffer.of(1))),
  element(0x09, longs.map(int64)),
  element(0x0a, fc.constant(Buffer.alloc(0))),
  element(0x0b, regexes),
  element(0x0c, pointers),
  element(0x0d, texts.map(string)),
  element(0x0e, texts.map(string)),
  element(0x10, fc.integer().map(int32)),
  element(0x11, fc.oneof(fc.constant(0n), longs).map(int64)),
  element(0x12, longs.map(int64)),
  element(0x13, bytesOf(16)),
  element(0xff, fc.constant(Buffer.alloc(0))),
  element(0x7f, fc.constant(Buffer.alloc(0))),
);

const container = (fields: readonly [Buffer, Element][]): Buffer =>
  sized(
    ...fields.flatMap(([name, { type, bytes }]) => [Buffer.of(type), cstring(name), bytes]),
    Buffer.alloc(1),
  );

const nested = fc.letrec<{ value: Element; doc: Buffer; array: Buffer; code: Buffer }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    { weight: 6, arbitrary: scalars },
    { weight: 1, arbitrary: element(0x03, tie('doc')) },
    { weight: 1, arbitrary: element(0x04, tie('array')) },
    { weight: 1, arbitrary: element(0x0f, tie('code')) },
  ),
  doc: fc.array(fc.tuple(names, tie('value')), { maxLength: 5 }).map(container),
  array: fc
    .array(tie('value'), { maxLength: 4 })
    .map((items) => container(items.map((item, i) => [Buffer.from(String(i)), item]))),
  code: fc.tuple(texts, tie('doc')).map(([code, scope]) => sized(string(code), scope)),
}));

/** A field's value as its type and bytes. */
export const rawValues: fc.Arbitrary<Element> = nested.value;

/** Documents whose fields may repeat and come in any order. */
export const rawDocuments: fc.Arbitrary<Buffer> = nested.doc;

/** One document of the fields given, in this order. */
export function rawDocument(fields: readonly (readonly [string, Element])[]): Buffer {
  return container(fields.map(([name, value]) => [Buffer.from(name), value]));
}
