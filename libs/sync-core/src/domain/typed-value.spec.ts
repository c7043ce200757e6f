import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from './json.js';
import { isPlainNumber, meaningOf, needsEscape } from './typed-value.js';

describe('meaningOf', () => {
  it.each<[JsonObject]>([[{}], [{ a: 1, 'b.c': { $oid: 'x' } }], [{ '': 1 }]])(
    '%j is a document',
    (object) => {
      expect(meaningOf(object)).toEqual({ kind: 'document', members: object });
    },
  );

  it('reads a reference, its members in the order of drivers', () => {
    const reference = { $db: 'd', $id: { $oid: '0123456789abcdef01234567' }, $ref: 'c', extra: 1 };
    const meaning = meaningOf(reference);
    expect(meaning).toEqual({ kind: 'document', members: reference });
    expect(Object.keys(meaning.kind === 'document' ? meaning.members : {})).toEqual([
      '$ref',
      '$id',
      '$db',
      'extra',
    ]);
  });

  it.each<[JsonObject, JsonObject]>([
    [{ $document: { $gt: 1 } }, { $gt: 1 }],
    [{ $document: { a: 1 } }, { a: 1 }],
    [{ $document: { $document: { a: 1 } } }, { $document: { a: 1 } }],
    [{ $document: {} }, {}],
  ])('%j is the document in it', (object, members) => {
    expect(meaningOf(object)).toEqual({ kind: 'document', members });
  });

  it.each<[JsonObject]>([
    [{ $gt: 1 }],
    [{ $regex: 'a', $options: 'i' }],
    [{ $ref: '#/definitions/x' }],
    [{ $ref: 'c', $id: null }],
    [{ $ref: 'c', $id: 1, $db: 2 }],
    [{ $ref: 'c', $id: 1, $other: 2 }],
    [{ $document: 1 }],
    [{ $document: [] }],
    [{ $document: {}, a: 1 }],
    [{ $oid: 'zz' }],
    [{ a: 1, $oid: '0123456789abcdef01234567' }],
    [{ $scope: {} }],
    [{ $constructor: 1 }],
  ])('%j is a fault that tells what to do', (object) => {
    expect(meaningOf(object)).toEqual({ kind: 'fault', message: expect.stringContaining('$document') });
  });

  it('names the wrapper of a value, whichever of its names comes first', () => {
    expect(meaningOf({ $numberLong: '5' })).toEqual({ kind: 'value', wrapper: '$numberLong' });
    expect(meaningOf({ $scope: {}, $code: 'x' })).toEqual({ kind: 'value', wrapper: '$code' });
  });
});

describe('needsEscape', () => {
  it.each<[JsonObject, boolean]>([
    [{ a: 1 }, false],
    [{ a: { $gt: 1 } }, false],
    [{ $gt: 1 }, true],
    [{ $oid: '0123456789abcdef01234567' }, true],
    [{ $document: {} }, true],
    [{ $ref: 'c', $id: 1 }, false],
    [{ $ref: 'c' }, true],
    [{ $ref: 'c', $id: 1, $x: 1 }, true],
  ])('%j: %s', (document, needed) => {
    expect(needsEscape(document)).toBe(needed);
  });
});

describe('isPlainNumber', () => {
  it.each([
    [0, true],
    [-0, false],
    [0.1, true],
    [2 ** 53 - 1, true],
    [2 ** 53, false],
    [1e20, false],
    [-1e21, true],
    [1.5e300, true],
    [Number.NaN, false],
    [Infinity, false],
  ])('%d: %s', (value, plain) => {
    expect(isPlainNumber(value)).toBe(plain);
  });
});
