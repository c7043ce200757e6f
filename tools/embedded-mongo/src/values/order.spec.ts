import { Binary, BSONRegExp, Code, Decimal128, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { compareValues, identical, keyString, valuesEqual } from './index.js';

describe('the order of types', () => {
  const ordered: unknown[] = [
    new MinKey(),
    null,
    NaN,
    -Infinity,
    -1n,
    Decimal128.fromString('0.1'),
    0.1,
    1,
    9007199254740992,
    9007199254740993n,
    Infinity,
    '',
    'a',
    'b',
    '\uffff',
    '\u{1f600}',
    {},
    { a: 1 },
    { b: 0 },
    { a: 'x' },
    [],
    [1],
    [1, 1],
    [2],
    new Binary(Buffer.from([9])),
    new Binary(Buffer.from([1, 1])),
    new Binary(Buffer.from([1, 1]), 5),
    new ObjectId('0'.repeat(24)),
    new ObjectId('f'.repeat(24)),
    false,
    true,
    new Date(-1),
    new Date(1),
    new Timestamp({ t: 1, i: 2 }),
    new Timestamp({ t: 4_000_000_000, i: 1 }),
    new BSONRegExp('a'),
    new BSONRegExp('b'),
    new Code('x'),
    new MaxKey(),
  ];

  it('is that of MongoDB', () => {
    const shuffled = ordered.map((value, i) => ({ value, at: (i * 17) % ordered.length }));
    shuffled.sort((a, b) => a.at - b.at);
    expect(shuffled.map(({ value }) => value).sort((a, b) => compareValues(a, b))).toEqual(ordered);
  });

  it('has no equals among these', () => {
    for (let i = 1; i < ordered.length; i++) {
      expect(compareValues(ordered[i - 1], ordered[i])).toBeLessThan(0);
      expect(keyString(ordered[i - 1])).not.toBe(keyString(ordered[i]));
    }
  });
});

describe('equality', () => {
  it.each<[unknown, unknown]>([
    [1, 1n],
    [Long.fromNumber(5), 5],
    [Decimal128.fromString('1.50'), 1.5],
    [0, -0],
    [undefined, null],
    [new Date(5), new Date(5)],
  ])('%p equals %p, and so do their keys', (a, b) => {
    expect(valuesEqual(a, b)).toBe(true);
    expect(keyString(a)).toBe(keyString(b));
  });

  it.each<[unknown, unknown, boolean]>([
    [1, 1n, false],
    [0, -0, false],
    [NaN, NaN, true],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, false],
    [[1, { a: new Date(1) }], [1, { a: new Date(1) }], true],
    [Decimal128.fromString('1.0'), Decimal128.fromString('1.00'), false],
  ])('%p and %p are identical: %p', (a, b, expected) => {
    expect(identical(a, b)).toBe(expected);
  });
});
