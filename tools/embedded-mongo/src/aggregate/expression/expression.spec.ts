import { Binary, Decimal128, Double, Long, ObjectId, Timestamp } from 'bson';
import { codeOf } from '../../testing/code-of.js';
import { parseCollation, typeName, type Document } from '../../values/index.js';
import { evaluateExpression } from './index.js';

const now = new Date('2024-02-29T12:34:56.789Z');
const dec = (text: string): Decimal128 => Decimal128.fromString(text);
const evaluate = (expression: unknown, doc: Document = {}): unknown =>
  evaluateExpression(doc, expression, { now });
const id = new ObjectId('65e07af0d469902549b0db70');

describe('expressions', () => {
  it.each<[unknown, unknown, Document?]>([
    // paths and variables
    ['$a.b', 1, { a: { b: 1 } }],
    ['$a.b', [1, 2], { a: [{ b: 1 }, { c: 1 }, 5, { b: 2 }] }],
    ['$a.0', [], { a: [1] }],
    ['$constructor', undefined, {}],
    ['$$ROOT.a', 1, { a: 1 }],
    ['$$CURRENT', { a: 1 }, { a: 1 }],
    ['$$NOW', now],
    ['$$REMOVE', undefined],
    [{ a: '$x', b: '$none' }, { a: 1 }, { x: 1 }],
    [['$x', '$none'], [1, null], { x: 1 }],
    [{ $literal: '$x' }, '$x'],
    [{ $let: { vars: { v: { $add: [1, 1] } }, in: { $multiply: ['$$v', '$$v'] } } }, 4],
    // arithmetic
    [{ $add: [1, 2n] }, 3n],
    [{ $add: [2147483647, 1] }, 2147483648n],
    [{ $add: [9007199254740993n, 1] }, 9007199254740994n],
    [{ $add: [Long.fromBigInt(9007199254740993n), 1] }, 9007199254740994n],
    [{ $add: [0.1, 0.2, 0.3] }, 0.6],
    [{ $add: [dec('0.1'), 1] }, dec('1.1')],
    [{ $add: [now, 1] }, new Date(now.getTime() + 1)],
    [{ $add: [1, null] }, null],
    [{ $add: [] }, 0],
    [{ $subtract: [5, 7n] }, -2n],
    [{ $subtract: [now, 1000] }, new Date(now.getTime() - 1000)],
    [{ $subtract: [now, new Date(0)] }, BigInt(now.getTime())],
    [{ $multiply: [9007199254740993n, 3] }, 27021597764222979n],
    [{ $multiply: [65536, 65536] }, 4294967296n],
    [{ $divide: [1, 4] }, 0.25],
    [{ $divide: [dec('1'), 3] }, dec('0.3333333333333333333333333333333333')],
    [{ $mod: [-7, 3] }, -1],
    [{ $mod: [10n, 4] }, 2n],
    [{ $abs: -5n }, 5n],
    [{ $abs: dec('-1.5') }, dec('1.5')],
    [{ $floor: -1.5 }, new Double(-2)],
    [{ $floor: 9007199254740993n }, 9007199254740993n],
    [{ $floor: dec('1.9') }, dec('1')],
    [{ $ceil: 1.2 }, new Double(2)],
    [{ $trunc: [1.987, 2] }, 1.98],
    [{ $trunc: -1.9 }, new Double(-1)],
    [{ $round: [2.5, 0] }, new Double(2)],
    [{ $round: [1.255, 2] }, 1.25],
    [{ $round: [1255, -1] }, 1260],
    [{ $pow: [2, 40] }, 1099511627776n],
    [{ $pow: [2, -1] }, 0.5],
    [{ $sqrt: 16 }, new Double(4)],
    [{ $log: [8, 2] }, new Double(3)],
    [{ $exp: 0 }, new Double(1)],
    [{ $bitAnd: [6, 3] }, 2],
    [{ $bitOr: [1n, 2] }, 3n],
    [{ $bitNot: 0 }, -1],
    [{ $max: [1, 2n, dec('1.5'), null] }, 2n],
    [{ $min: ['$none', 3, 2] }, 2],
    [{ $max: '$list' }, 3, { list: [1, 3, 2] }],
    [{ $sum: [1, 'x', 2n] }, 3n],
    [{ $sum: '$list' }, dec('0.3'), { list: [dec('0.1'), dec('0.2')] }],
    [{ $avg: [1, 2] }, 1.5],
    [{ $avg: [] }, null],
    // comparison
    [{ $eq: [1, 1n] }, true],
    [{ $eq: ['$none', null] }, false],
    [{ $eq: [9007199254740993n, 9007199254740992] }, false],
    [{ $lt: ['$none', null] }, true],
    [{ $gt: ['a', 1] }, true],
    [{ $cmp: [1, 2] }, -1],
    [
      {
        $ne: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      },
      true,
    ],
    // logic
    [{ $and: [1, 'x', {}] }, true],
    [{ $and: [0n, { $divide: [1, 0] }] }, false],
    [{ $or: [null, 0] }, false],
    [{ $not: ['$none'] }, true],
    [{ $cond: [true, 1, { $divide: [1, 0] }] }, 1],
    [{ $cond: { if: dec('0'), then: 1, else: 2 } }, 2],
    [{ $ifNull: ['$none', null, 5] }, 5],
    [{ $ifNull: ['$none', '$other'] }, undefined],
    [
      {
        $switch: {
          branches: [
            { case: false, then: 1 },
            { case: true, then: 2 },
          ],
          default: 3,
        },
      },
      2,
    ],
    // objects
    [{ $mergeObjects: [{ a: 1 }, null, { b: 2, a: 3 }] }, { a: 3, b: 2 }],
    [{ $mergeObjects: '$list' }, { a: 1, b: 2 }, { list: [{ a: 1 }, { b: 2 }] }],
    [{ $getField: 'a.b' }, 7, { 'a.b': 7 }],
    [{ $getField: { field: { $literal: '$x' }, input: '$a' } }, 1, { a: { $x: 1 } }],
    [{ $setField: { field: 'a', input: { b: 1 }, value: 2 } }, { b: 1, a: 2 }],
    [{ $setField: { field: 'a', input: { a: 1, b: 1 }, value: '$$REMOVE' } }, { b: 1 }],
    [{ $unsetField: { field: 'a', input: { a: 1, b: 2 } } }, { b: 2 }],
    [{ $objectToArray: { a: 1 } }, [{ k: 'a', v: 1 }]],
    [{ $arrayToObject: [[['a', 1]]] }, { a: 1 }],
    [{ $arrayToObject: { $literal: [{ k: 'a', v: 1 }] } }, { a: 1 }],
    // arrays
    [{ $size: [[1, 2]] }, 2],
    [{ $arrayElemAt: [[1, 2], -1] }, 2],
    [{ $arrayElemAt: [[1, 2], 5] }, undefined],
    [{ $arrayElemAt: [[1, 2], -5] }, undefined],
    [{ $concatArrays: [[1], [2]] }, [1, 2]],
    [{ $in: [2n, [1, 2]] }, true],
    [{ $indexOfArray: [[1, 2, 1], 1, 1] }, 2],
    [{ $slice: [[1, 2, 3], 1, 5] }, [2, 3]],
    [{ $slice: [[1, 2, 3], -2] }, [2, 3]],
    [{ $range: [0, 5, 2] }, [0, 2, 4]],
    [{ $reverseArray: [[1, 2]] }, [2, 1]],
    [{ $filter: { input: [1, 2, 3], as: 'n', cond: { $gt: ['$$n', 1] }, limit: 1 } }, [2]],
    [{ $map: { input: [1, 2], in: { $add: ['$$this', '$x'] } } }, [11, 12], { x: 10 }],
    [{ $reduce: { input: ['a', 'b'], initialValue: '', in: { $concat: ['$$value', '$$this'] } } }, 'ab'],
    [{ $sortArray: { input: [{ a: 2 }, { a: 1 }], sortBy: { a: 1 } } }, [{ a: 1 }, { a: 2 }]],
    [
      { $zip: { inputs: [[1, 2], ['a']], useLongestLength: true } },
      [
        [1, 'a'],
        [2, null],
      ],
    ],
    [{ $firstN: { n: 2, input: [1, 2, 3] } }, [1, 2]],
    [{ $maxN: { n: 2, input: [1, 3, null, 2] } }, [3, 2]],
    [{ $setUnion: [[2, 1], [1n]] }, [1, 2]],
    [{ $setDifference: [[1, 2, 2], [1]] }, [2]],
    [{ $setIsSubset: [[1], [1, 2]] }, true],
    [{ $setEquals: [[1, 1], [1]] }, true],
    [{ $anyElementTrue: [[0, 1]] }, true],
    // strings
    [{ $concat: ['a', 'b'] }, 'ab'],
    [{ $concat: ['a', '$none'] }, null],
    [{ $toUpper: 'é1a' }, 'é1A'],
    [{ $strLenCP: 'é\u{1f600}' }, 2],
    [{ $strLenBytes: 'é' }, 2],
    [{ $substrCP: ['héllo', 1, 2] }, 'él'],
    [{ $substrBytes: ['hello', 1, -1] }, 'ello'],
    [{ $indexOfCP: ['a\u{1f600}b', 'b'] }, 2],
    [{ $indexOfBytes: ['éb', 'b'] }, 2],
    [{ $split: ['a-b', '-'] }, ['a', 'b']],
    [{ $trim: { input: ' a ' } }, 'a'],
    [{ $ltrim: { input: 'xxay', chars: 'xy' } }, 'ay'],
    [{ $replaceAll: { input: 'aaa', find: 'a', replacement: { $literal: '$&' } } }, '$&$&$&'],
    [{ $strcasecmp: ['AB', 'ab'] }, 0],
    [{ $regexMatch: { input: 'Abc', regex: '^a', options: 'i' } }, true],
    [{ $regexFind: { input: 'xab', regex: '(a)(z)?' } }, { match: 'a', idx: 1, captures: ['a', null] }],
    [
      { $regexFindAll: { input: 'aa', regex: /a/ } },
      [
        { match: 'a', idx: 0, captures: [] },
        { match: 'a', idx: 1, captures: [] },
      ],
    ],
    // conversion
    [{ $type: '$none' }, 'missing'],
    [{ $type: 1n }, 'long'],
    [{ $toString: id }, id.toHexString()],
    [{ $toString: 12n }, '12'],
    [{ $toString: now }, '2024-02-29T12:34:56.789Z'],
    [{ $toString: dec('1.50') }, '1.50'],
    [{ $toObjectId: id.toHexString() }, id],
    [{ $toLong: '9007199254740993' }, 9007199254740993n],
    [{ $toLong: now }, BigInt(now.getTime())],
    [{ $toLong: 1.9 }, 1n],
    [{ $toInt: '-5' }, -5],
    [{ $toInt: dec('5.9') }, 5],
    [{ $toDouble: now }, now.getTime()],
    [{ $toDouble: '1.5' }, 1.5],
    [{ $toDouble: true }, new Double(1)],
    [{ $add: [new Double(2), 1] }, new Double(3)],
    [{ $multiply: [new Double(2), 3n] }, new Double(6)],
    [{ $max: [5, new Double(5)] }, 5],
    [{ $mod: [new Double(7), 4] }, new Double(3)],
    [{ $abs: new Double(-7) }, new Double(7)],
    [{ $eq: [new Double(5), 5n] }, true],
    [{ $toDecimal: 0.1 }, dec('0.100000000000000')],
    [{ $toDecimal: '1.10' }, dec('1.10')],
    [{ $toBool: '' }, true],
    [{ $toBool: 0n }, false],
    [{ $toDate: '2024-02-29' }, new Date('2024-02-29T00:00:00Z')],
    [{ $toDate: '2024-02-29T12:00:00+02:00' }, new Date('2024-02-29T10:00:00Z')],
    [{ $toDate: 1709210096789n }, now],
    [{ $toDate: id }, id.getTimestamp()],
    [{ $toInt: null }, null],
    [{ $convert: { input: 'x', to: 'int', onError: 'bad' } }, 'bad'],
    [{ $convert: { input: null, to: 'int', onNull: 0 } }, 0],
    [{ $convert: { input: '7', to: 16 } }, 7],
    [{ $isNumber: dec('1') }, true],
    // dates
    [{ $year: '$$NOW' }, 2024],
    [{ $dayOfYear: '$$NOW' }, 60],
    [{ $isoWeek: '$$NOW' }, 9],
    [{ $hour: { date: '$$NOW', timezone: '+05:30' } }, 18],
    [{ $hour: { date: '$$NOW', timezone: 'America/New_York' } }, 7],
    [{ $dateToString: { date: '$$NOW' } }, '2024-02-29T12:34:56.789Z'],
    [
      { $dateToString: { date: '$$NOW', format: '%d/%m/%Y %H:%M %j %G-W%V %%' } },
      '29/02/2024 12:34 060 2024-W09 %',
    ],
    [{ $dateFromString: { dateString: 'nonsense', onError: null } }, null],
    [{ $dateFromParts: { year: 2024, month: 14, day: 1 } }, new Date('2025-02-01T00:00:00Z')],
    [
      { $dateToParts: { date: '$$NOW' } },
      { year: 2024, month: 2, day: 29, hour: 12, minute: 34, second: 56, millisecond: 789 },
    ],
    [{ $dateAdd: { startDate: '$$NOW', unit: 'year', amount: 1 } }, new Date('2025-02-28T12:34:56.789Z')],
    [
      { $dateSubtract: { startDate: '$$NOW', unit: 'hour', amount: 13 } },
      new Date('2024-02-28T23:34:56.789Z'),
    ],
    [{ $dateDiff: { startDate: new Date('2023-12-31T23:59:59Z'), endDate: '$$NOW', unit: 'year' } }, 1n],
    [{ $dateTrunc: { date: '$$NOW', unit: 'month' } }, new Date('2024-02-01T00:00:00Z')],
    [{ $dateTrunc: { date: '$$NOW', unit: 'minute', binSize: 15 } }, new Date('2024-02-29T12:30:00Z')],
    [
      { $dateTrunc: { date: '$$NOW', unit: 'week', startOfWeek: 'monday' } },
      new Date('2024-02-26T00:00:00Z'),
    ],
    [{ $tsSecond: new Timestamp({ t: 5, i: 6 }) }, 5n],
    // sizes
    [{ $binarySize: new Binary(Buffer.from([1, 2])) }, 2],
    [{ $bsonSize: { a: 1 } }, 12],
  ])('%j is %p', (expression, expected, doc = {}) => {
    const result = evaluate(expression, doc);
    expect(result).toEqual(expected);
    expect(typeName(result)).toBe(typeName(expected));
  });

  it('a missing field of an object is left out, not undefined', () => {
    expect(Object.keys(evaluate({ a: '$none' }) as Document)).toEqual([]);
  });

  it('compares by the collation', () => {
    const ctx = { now, collation: parseCollation({ locale: 'en', strength: 2 })! };
    expect(evaluateExpression({}, { $in: ['A', ['a']] }, ctx)).toBe(true);
    expect(evaluateExpression({}, { $setUnion: [['A'], ['a']] }, ctx)).toEqual(['A']);
  });

  it.each<[unknown, number]>([
    [{ $nonsense: 1 }, 168],
    [{ $add: [1], $subtract: [1, 1] }, 15983],
    [{ $function: {} }, 238],
    [{ $meta: 'textScore' }, 238],
    [{ $sin: dec('1') }, 238],
    [{ $add: ['x', 1] }, 14],
    [{ $add: [now, now] }, 16612],
    [{ $subtract: ['x', 1] }, 14],
    [{ $multiply: ['x', 1] }, 14],
    [{ $divide: [1, 0] }, 2],
    [{ $mod: [1, 0n] }, 16610],
    [{ $eq: [1] }, 16020],
    [{ $cond: [1, 2] }, 16020],
    [{ $in: [1, 2] }, 40081],
    [{ $size: 5 }, 17124],
    [{ $concat: [1] }, 16702],
    [{ $toInt: 'x' }, 241],
    [{ $toInt: '5.5' }, 241],
    [{ $toInt: 1e10 }, 241],
    [{ $toLong: Infinity }, 241],
    [{ $toObjectId: 'x' }, 241],
    [{ $toDate: 5 }, 241],
    [{ $toDate: '2023-02-30' }, 241],
    [{ $switch: { branches: [{ case: false, then: 1 }] } }, 40066],
    [{ $mergeObjects: [5] }, 40400],
    [{ $map: { input: 5, in: 1 } }, 16883],
    [{ $map: { input: [], as: 'Upper', in: 1 } }, 16867],
    [{ $dateToString: { date: '$$NOW', format: '%q' } }, 18536],
    [{ $dateToString: { date: '$$NOW', timezone: 'Mars/Olympus' } }, 40485],
    [{ $dateFromString: { dateString: 'x', format: '%Y' } }, 238],
    ['$$nobody', 17276],
    ['$$CLUSTER_TIME', 51144],
    ['$', 16872],
    ['$a..b', 15998],
    [{ 'a.b': 1 }, 16405],
    [{ $range: [0, 1e9] }, 146],
  ])('%j is refused with code %i', (expression, code) => {
    expect(codeOf(() => evaluate(expression))).toBe(code);
  });
});
