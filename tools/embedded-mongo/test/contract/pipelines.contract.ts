import { Decimal128, Double, Int32, Long, type Document } from 'mongodb';
import { errorOf } from '../support.js';
import type { Place } from './place.js';

interface Numbered extends Document {
  _id: number;
}

const big = (text: string) => Long.fromString(text);
const dec = (text: string) => Decimal128.fromString(text);
const ABOVE_2_53 = big('9007199254740993');

/** The document, the stages, and what the document is then. */
const CHANGES: [string, Document, Document[], Document][] = [
  [
    'a document in an expression is merged into a document',
    { a: { b: 1, c: 2 } },
    [{ $set: { a: { b: 5, d: 6 } } }],
    { a: { b: 5, c: 2, d: 6 } },
  ],
  ['… replaces a scalar', { a: 7 }, [{ $set: { a: { b: 1 } } }], { a: { b: 1 } }],
  ['… is created', {}, [{ $set: { a: { b: { c: 1 } } } }], { a: { b: { c: 1 } } }],
  [
    '… is merged into each element of an array',
    { a: [{ c: 1 }, 5, []] },
    [{ $set: { a: { b: 1 } } }],
    { a: [{ c: 1, b: 1 }, { b: 1 }, []] },
  ],
  ['an empty document replaces', { a: { b: 1 } }, [{ $set: { a: {} } }], { a: {} }],
  [
    'a literal replaces, and is not read as an expression',
    { a: { b: 1 } },
    [{ $set: { a: { $literal: { c: '$b', $d: 1 } } } }],
    { a: { c: '$b', $d: 1 } },
  ],
  [
    '$mergeObjects: what is missing or null adds nothing',
    { _sync: { version: 1, fields: { a: 1 } } },
    [{ $set: { _sync: { $mergeObjects: ['$_sync', null, '$none', { version: 2, source: 'redis' }] } } }],
    { _sync: { version: 2, fields: { a: 1 }, source: 'redis' } },
  ],
  [
    '$mergeObjects on nothing',
    {},
    [{ $set: { _sync: { $mergeObjects: ['$_sync', { version: 2 }] } } }],
    { _sync: { version: 2 } },
  ],
  [
    '$replaceWith keeps the place of what is there',
    { b: 1, a: 2, z: 3 },
    [{ $replaceWith: { $mergeObjects: ['$$ROOT', { $literal: { z: 9, a: '$b', new: 1 } }, { c: '$b' }] } }],
    { b: 1, a: '$b', z: 9, new: 1, c: 1 },
  ],
  [
    '$unset: several, nested',
    { a: 1, b: { c: 1, d: 2 }, e: 3 },
    [{ $unset: ['a', 'b.c'] }],
    { b: { d: 2 }, e: 3 },
  ],
  ['$unset of all of a document leaves it empty', { b: { c: 1 } }, [{ $unset: 'b.c' }], { b: {} }],
  [
    '$getField and $setField take names literally',
    { 'a.b': 1, $c: 2, a: { b: 3 } },
    [
      {
        $replaceWith: {
          $setField: {
            field: { $literal: '$c' },
            input: { $unsetField: { field: 'a.b', input: '$$ROOT' } },
            value: { $add: [{ $getField: 'a.b' }, { $getField: { $literal: '$c' } }] },
          },
        },
      },
    ],
    { $c: 3, a: { b: 3 } },
  ],
  [
    '$arrayToObject, $objectToArray, $filter',
    { f: { a: 1, b: 2, c: 3 } },
    [
      {
        $set: {
          f: {
            $arrayToObject: {
              $filter: { input: { $objectToArray: '$f' }, cond: { $ne: ['$$this.k', 'b'] } },
            },
          },
        },
      },
    ],
    { f: { a: 1, c: 3 } },
  ],
  [
    'later stages see earlier ones',
    { n: 1 },
    [{ $set: { n: { $add: ['$n', 1] } } }, { $set: { m: '$n' } }],
    { n: 2, m: 2 },
  ],
];

/** An expression over `DOC`, and its value with its type. */
const DOC = {
  _id: 1,
  i: new Int32(5),
  l: Long.fromNumber(5),
  d: new Double(5),
  m: dec('5.0'),
  big: ABOVE_2_53,
  o: { a: new Int32(1), b: { c: new Double(2) } },
  p: { a: Long.fromNumber(1), b: { c: dec('2') } },
  q: { b: { c: 2 }, a: 1 },
  list: [1, 'x', null, { a: 1 }],
  s: 'text',
  half: 2.5,
  minus: -2.5,
};

const VALUES: [string, unknown, unknown, string][] = [
  ['an int and a double', { $eq: ['$i', '$d'] }, true, 'bool'],
  ['a long and a decimal', { $eq: ['$l', '$m'] }, true, 'bool'],
  ['numbers within documents', { $eq: ['$o', '$p'] }, true, 'bool'],
  ['the order of fields counts', { $eq: ['$p', '$q'] }, false, 'bool'],
  ['a long and the double next to it', { $eq: ['$big', 2 ** 53] }, false, 'bool'],
  ['a long above a double', { $gt: ['$big', 2 ** 53] }, true, 'bool'],
  ['a long and a decimal, exactly', { $lt: ['$big', dec('9007199254740993.1')] }, true, 'bool'],
  ['across types', { $gt: ['$s', '$big'] }, true, 'bool'],
  ['missing is less than null', { $lt: ['$none', null] }, true, 'bool'],
  ['$cond', { $cond: [{ $eq: ['$i', '$m'] }, '$l', 0] }, Long.fromNumber(5), 'long'],
  ['$max keeps the first of equals', { $max: ['$l', '$i', '$d'] }, Long.fromNumber(5), 'long'],
  ['$max across types', { $max: ['$i', '$s'] }, 'text', 'string'],
  ['$max without null and missing', { $max: ['$none', null, '$i'] }, new Int32(5), 'int'],
  ['int and int', { $add: ['$i', 1] }, new Int32(6), 'int'],
  ['int and long', { $add: ['$i', '$l'] }, Long.fromNumber(10), 'long'],
  ['int and double', { $add: ['$i', '$d'] }, new Double(10), 'double'],
  ['double and decimal', { $add: ['$d', '$m'] }, dec('10.0'), 'decimal'],
  ['a sum beyond int', { $add: [2147483647, 1] }, big('2147483648'), 'long'],
  ['a long, exactly', { $add: ['$big', 1] }, big('9007199254740994'), 'long'],
  ['a product of doubles', { $multiply: ['$d', 2] }, new Double(10), 'double'],
  ['a product beyond int', { $multiply: ['$i', 1_000_000_000] }, big('5000000000'), 'long'],
  ['a quotient', { $divide: ['$i', '$i'] }, new Double(1), 'double'],
  ['$mod of ints', { $mod: ['$i', 3] }, new Int32(2), 'int'],
  ['$mod of a long', { $mod: ['$big', 10] }, Long.fromNumber(3), 'long'],
  ['$mod of a double', { $mod: ['$half', 1] }, new Double(0.5), 'double'],
  ['$mod of a negative', { $mod: ['$minus', 2] }, new Double(-0.5), 'double'],
  ['$mod of a decimal', { $mod: [dec('5.5'), 2] }, dec('1.5'), 'decimal'],
  ['$trunc of a double', { $trunc: '$half' }, new Double(2), 'double'],
  ['$trunc of a negative', { $trunc: '$minus' }, new Double(-2), 'double'],
  ['$trunc of a long', { $trunc: '$big' }, ABOVE_2_53, 'long'],
  ['$trunc of a decimal', { $trunc: dec('5.9') }, dec('5'), 'decimal'],
  ['$floor of a negative', { $floor: '$minus' }, new Double(-3), 'double'],
  ['$floor of a long', { $floor: '$big' }, ABOVE_2_53, 'long'],
  ['$toDouble', { $toDouble: '$l' }, new Double(5), 'double'],
  ['$toLong', { $toLong: '$half' }, Long.fromNumber(2), 'long'],
  ['$isNumber of a decimal', { $isNumber: '$m' }, true, 'bool'],
  ['$isNumber of a text', { $isNumber: '$s' }, false, 'bool'],
  ['$isNumber of nothing', { $isNumber: '$none' }, false, 'bool'],
  ['$type of a long', { $type: '$l' }, 'long', 'string'],
  ['$type of a double', { $type: '$d' }, 'double', 'string'],
  ['$type of nothing', { $type: '$none' }, 'missing', 'string'],
  ['$type of an array', { $type: '$list' }, 'array', 'string'],
  ['a version', { $eq: [{ $trunc: '$big' }, '$big'] }, true, 'bool'],
  ['an $in within', { $in: [1, '$list'] }, true, 'bool'],
];

export function pipelinesContract(place: Place): void {
  it.each(CHANGES)('%s', async (_name, doc, stages, expected) => {
    const docs = await place.collection<Numbered>({ _id: 1, ...doc });
    await docs.updateOne({ _id: 1 }, stages);
    const found = await docs.findOne({}, { projection: { _id: 0 } });
    // As text: the order of the fields counts.
    expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
  });

  it.each(VALUES)('compute %s', async (_name, expression, expected, type) => {
    const docs = await place.collection<Numbered>(DOC);
    await docs.updateOne({ _id: 1 }, [
      { $set: { result: expression } },
      { $set: { type: { $type: '$result' } } },
    ]);
    const found = await docs.findOne({}, { promoteValues: false, promoteLongs: false });
    expect(String(found?.result)).toBe(String(expected));
    expect(String(found?.type)).toBe(type);
  });

  it('assign versions from the time of the server, each above the last', async () => {
    const docs = await place.collection<Numbered>();
    const version = {
      $max: [
        { $multiply: [{ $toDouble: '$$NOW' }, 1024] },
        { $add: [{ $ifNull: ['$_sync.version', 0] }, 1] },
      ],
    };
    const write = () =>
      docs.findOneAndUpdate(
        { _id: 1 },
        [{ $set: { _sync: { $mergeObjects: ['$_sync', { version, source: { $literal: 'mongo' } }] } } }],
        { upsert: true, returnDocument: 'after' },
      );
    const versions = (await Promise.all(Array.from({ length: 30 }, write))).map(
      (doc) => (doc?._sync as { version: number }).version,
    );
    expect(new Set(versions).size).toBe(30);
    expect(versions.every((one) => Number.isSafeInteger(one))).toBe(true);
    expect(Math.abs(Math.min(...versions) / 1024 - Date.now())).toBeLessThan(60_000);
  });

  it('tell that nothing changed', async () => {
    const docs = await place.collection<Numbered>({ _id: 1, a: new Int32(1) });
    expect(await docs.updateOne({ _id: 1 }, [{ $set: { a: 1 } }])).toMatchObject({ modifiedCount: 0 });
    // Equal, but of another type: that is a change.
    expect(await docs.updateOne({ _id: 1 }, [{ $set: { a: new Double(1) } }])).toMatchObject({
      modifiedCount: 1,
    });
    expect(await docs.countDocuments({ a: { $type: 'double' } })).toBe(1);
  });

  it('keep the type of a field when the new value is equal, if asked to', async () => {
    const docs = await place.collection<Numbered>({ _id: 1, a: ABOVE_2_53, b: Long.fromNumber(5) });
    const kept = (name: string, value: unknown) => ({
      $cond: [{ $eq: [`$${name}`, { $literal: value }] }, `$${name}`, { $literal: value }],
    });
    await docs.updateOne({ _id: 1 }, [{ $set: { a: kept('a', 2 ** 53), b: kept('b', 5) } }]);
    expect(await docs.countDocuments({ a: { $type: 'double' }, b: { $type: 'long' } })).toBe(1);
  });

  it('refuse other stages, and ids that change', async () => {
    const docs = await place.collection<Numbered>({ _id: 1 });
    expect(await errorOf(docs.updateOne({ _id: 1 }, [{ $match: {} }]))).toMatchObject({ code: 72 });
    expect(await errorOf(docs.updateOne({ _id: 1 }, [{ $set: { _id: 2 } }]))).toMatchObject({ code: 66 });
    expect(await errorOf(docs.updateOne({ _id: 1 }, [{ $replaceWith: { $literal: 5 } }]))).toMatchObject({
      code: expect.any(Number) as number,
    });
  });
}
