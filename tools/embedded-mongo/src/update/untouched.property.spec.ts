import fc from 'fast-check';
import { decode, encode } from '../bson/index.js';
import { rawDocument, rawValues } from '../testing/raw-documents.js';
import { applyUpdate, type Update } from './index.js';

type Value = { type: number; bytes: Buffer };

const int32 = (value: number): Value => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return { type: 0x10, bytes };
};
const nest = (fields: [string, Value][]): Value => ({ type: 0x03, bytes: rawDocument(fields) });

/** Names that neither repeat nor have a place of their own in a JavaScript object. */
const fields = fc
  .uniqueArray(
    fc.tuple(fc.constantFrom('b', '10', 'a', '2', '__proto__', '_bsontype', 'x y', 'é', '$a', ''), rawValues),
    { selector: ([name]) => name, maxLength: 5 },
  )
  .map((list) => list as [string, Value][]);

const head: [string, Value] = ['_id', int32(1)];
const ctx = { now: new Date(0) };

const after = (before: Buffer, update: Update): Buffer =>
  encode(applyUpdate(decode(before), update, ctx).doc);

describe('what an update leaves alone', () => {
  const sameBytes = (expected: Buffer, actual: Buffer): void => {
    expect(actual.toString('hex')).toBe(expected.toString('hex'));
  };

  it.each<[string, Update]>([
    ['$set', { $set: { n: 2 } }],
    ['$inc', { $inc: { n: 1 } }],
    ['a stage $set', [{ $set: { n: 2 } }]],
    ['a stage $replaceWith', [{ $replaceWith: { $mergeObjects: ['$$ROOT', { $literal: { n: 2 } }] } }]],
    ['$setField', [{ $replaceWith: { $setField: { field: 'n', input: '$$ROOT', value: 2 } } }]],
    [
      'a way over an array',
      [
        {
          $replaceWith: {
            $arrayToObject: {
              $map: {
                input: { $objectToArray: '$$ROOT' },
                in: { $cond: [{ $eq: ['$$this.k', 'n'] }, { k: 'n', v: 2 }, '$$this'] },
              },
            },
          },
        },
      ],
    ],
  ])('keeps its bytes and its place: %s', (_name, update) => {
    fc.assert(
      fc.property(fields, fields, (first, last) => {
        const names = new Set(first.map(([name]) => name));
        const rest = last.filter(([name]) => !names.has(name));
        const doc = (n: number) => rawDocument([head, ...first, ['n', int32(n)], ...rest]);
        sameBytes(doc(2), after(doc(1), update));
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, Update]>([
    ['$set', { $set: { 'o.n': 2 } }],
    ['a stage $set', [{ $set: { 'o.n': 2 } }]],
    ['a stage $set with a document', [{ $set: { o: { n: 2 } } }]],
    ['$mergeObjects', [{ $set: { o: { $mergeObjects: ['$o', { n: 2 }] } } }]],
  ])('keeps its bytes beside a nested field: %s', (_name, update) => {
    fc.assert(
      fc.property(fields, (inner) => {
        const doc = (n: number) => rawDocument([head, ['o', nest([...inner, ['n', int32(n)]])]]);
        sameBytes(doc(2), after(doc(1), update));
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, Update]>([
    ['$unset', { $unset: { n: '' } }],
    ['a stage $unset', [{ $unset: 'n' }]],
    ['a stage $project', [{ $project: { n: 0 } }]],
    ['$$REMOVE', [{ $set: { n: '$$REMOVE' } }]],
    ['$unsetField', [{ $replaceWith: { $unsetField: { field: 'n', input: '$$ROOT' } } }]],
  ])('keeps its bytes beside one that is removed: %s', (_name, update) => {
    fc.assert(
      fc.property(fields, (others) => {
        sameBytes(
          rawDocument([head, ...others]),
          after(rawDocument([head, ['n', int32(1)], ...others]), update),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('moves with its bytes', () => {
    fc.assert(
      fc.property(rawValues, (value) => {
        const moved = [{ $set: { to: { $getField: 'from' } } }, { $unset: 'from' }];
        sameBytes(rawDocument([head, ['to', value]]), after(rawDocument([head, ['from', value]]), moved));
        sameBytes(
          rawDocument([head, ['to', value]]),
          after(rawDocument([head, ['from', value]]), { $rename: { from: 'to' } }),
        );
      }),
      { numRuns: 500 },
    );
  });
});
