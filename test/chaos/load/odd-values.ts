import {
  Binary,
  BSONRegExp,
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

/** A document with a value of every BSON type, and names that mean something to somebody. */
export function oddFields(n: number): Document {
  return {
    double: new Double(n),
    negativeZero: new Double(-0),
    infinite: Number.POSITIVE_INFINITY,
    notANumber: Number.NaN,
    int: new Int32(n),
    long: Long.fromNumber(n),
    largest: Long.MAX_VALUE,
    decimal: Decimal128.fromString(`${n}.500`),
    date: new Date(1_800_000_000_000 + n),
    ancient: new Date(-8_640_000_000_000_000),
    oid: ObjectId.createFromTime(n),
    uuid: new UUID('a3b1c2d4-0000-4000-8000-1234567890ab'),
    binary: new Binary(Buffer.from([0, 255, n % 256]), 0x80),
    pattern: new BSONRegExp('^a/b"', 'im'),
    code: new Code('return 1'),
    scoped: new Code('return x', { x: n }),
    symbol: new BSONSymbol('s'),
    timestamp: new Timestamp({ t: n, i: 1 }),
    least: new MinKey(),
    most: new MaxKey(),
    nothing: null,
    lookAlike: { $oid: 'none', $more: { $date: [] } },
    reference: { $ref: 'others', $id: n },
    list: [[], {}, [null, { deep: [new Int32(1), new Double(1)] }]],
    version: '1.0',
    source: { of: 'mine' },
    updatedAt: new Date(n),
    deleted: true,
    purgeAt: 'never',
    'Ünïcødé 𝒳': '\u0000\n"\\',
  };
}

/** Ids of every type that MongoDB takes. */
export function oddId(n: number): unknown {
  const kinds: readonly (() => unknown)[] = [
    () => `text ${n}`,
    () => '0'.repeat(24 - String(n).length) + n, // looks like an ObjectId
    () => new Int32(n),
    () => Long.MAX_VALUE.subtract(n),
    () => new Double(n + 0.5),
    () => Decimal128.fromString(`${n}.25`),
    () => new Date(n),
    () => new UUID(),
    () => new Binary(Buffer.from(String(n))),
    () => new Timestamp({ t: n, i: 0 }),
    () => ({ b: n, a: { $date: 'x' } }),
    () => new ObjectId(),
  ];
  return kinds[n % kinds.length]?.();
}

/** What is no stamp, in the place of one. */
export function oddStamp(n: number): unknown {
  const kinds: readonly unknown[] = [
    { version: 5.5, source: 'mongo' },
    { version: '1850880000000000', source: 'mongo' },
    { version: Decimal128.fromString('1850880000000000'), source: 'mongo' },
    { version: -1, source: 'mongo' },
    { version: new Date(), source: 'mongo' },
    { version: Long.MAX_VALUE, source: 'redis' },
    { version: 1_850_880_000_000_000, source: 'kafka' },
    { version: Number.NaN, source: 'mongo' },
    { version: true },
    {},
    [],
    'stamp',
    null,
    7,
  ];
  return kinds[n % kinds.length];
}

/** What no record key can be. */
export function oddKey(n: number, key: string): unknown {
  const kinds: readonly unknown[] = [` ${key.toUpperCase()} `, '', 'nobody', n, null, { $ne: key }];
  return kinds[n % kinds.length];
}
