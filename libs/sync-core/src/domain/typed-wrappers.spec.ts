import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from './json.js';
import { faultOfWrapper, isWrapperName, isWritableDate, type WrapperName } from './typed-wrappers.js';

const faultOf = (object: JsonObject) => faultOfWrapper(Object.keys(object)[0] as WrapperName, object);
const binary = (base64: string, subType: string) => ({ $binary: { base64, subType } });
const pattern = (text: string, options: string) => ({ $regularExpression: { pattern: text, options } });

describe('faultOfWrapper', () => {
  it.each<[JsonObject]>([
    [{ $oid: '0123456789abcdef01234567' }],
    [{ $numberInt: '-2147483648' }],
    [{ $numberLong: '9223372036854775807' }],
    [{ $numberLong: '-9223372036854775808' }],
    [{ $numberDouble: '-0.0' }],
    [{ $numberDouble: 'NaN' }],
    [{ $numberDouble: '-Infinity' }],
    [{ $numberDouble: '1e+300' }],
    [{ $numberDecimal: '1.10' }],
    [{ $numberDecimal: '0E-6176' }],
    [{ $numberDecimal: '9.999999999999999999999999999999999E+6144' }],
    [{ $numberDecimal: 'NaN' }],
    [{ $date: '2024-02-29T12:00:00Z' }],
    [{ $date: '2024-02-29T12:00:00.123+01:00' }],
    [{ $date: { $numberLong: '-62135596800001' } }],
    [{ $date: { $numberLong: '9223372036854775807' } }],
    [binary('', '00')],
    [binary('AQI=', '80')],
    [{ $uuid: '0bbc3c36-4c2c-44c8-a882-298e7c80b4b2' }],
    [pattern('a/b', '')],
    [pattern('(?i)a', 'qz')],
    [{ $timestamp: { t: 4_294_967_295, i: 0 } }],
    [{ $minKey: 1 }],
    [{ $maxKey: 1 }],
    [{ $code: '' }],
    [{ $code: 'x', $scope: { a: 1 } }],
    [{ $symbol: 's' }],
    [{ $undefined: true }],
  ])('%j has none', (object) => {
    expect(faultOf(object)).toBeUndefined();
  });

  it.each<[JsonObject]>([
    [{ $oid: 'nothex' }],
    [{ $oid: 5 }],
    [{ $numberInt: '2147483648' }],
    [{ $numberLong: '9223372036854775808' }],
    [{ $numberLong: '1.5' }],
    [{ $numberLong: 5 }],
    [{ $numberDouble: '1e999' }],
    [{ $numberDouble: '' }],
    [{ $numberDouble: 'nan' }],
    [{ $numberDecimal: 'abc' }],
    [{ $numberDecimal: '1'.repeat(35) }],
    [{ $numberDecimal: '1E+6145' }],
    [{ $date: 'tomorrow' }],
    [{ $date: '2024-02-30T12:00:00Z' }],
    [{ $date: 5 }],
    [{ $date: { $numberLong: '5', a: 1 } }],
    [{ $date: { $numberLong: '9007199254740993123' } }],
    [{ $binary: 'zzz' }],
    [binary('A', '00')],
    [binary('AQI=', '100')],
    [{ $uuid: 'nope' }],
    [{ $regularExpression: { pattern: 'a' } }],
    [pattern('a\0', '')],
    [{ $timestamp: { t: 1, i: -1 } }],
    [{ $timestamp: { t: 1, i: 2 ** 32 } }],
    [{ $minKey: '1' }],
    [{ $maxKey: 2 }],
    [{ $code: 1 }],
    [{ $code: 'x', $scope: [] }],
    [{ $code: 'x', $scope: {}, a: 1 }],
    [{ $symbol: null }],
    [{ $undefined: false }],
    [{ $dbPointer: { $ref: 'c', $id: { $oid: '0123456789abcdef01234567' } } }],
    [{ $oid: '0123456789abcdef01234567', a: 1 }],
  ])('%j has one', (object) => {
    expect(faultOf(object)).toEqual(expect.any(String));
  });
});

describe('isWrapperName', () => {
  it.each([
    ['$oid', true],
    ['$gt', false],
    ['constructor', false],
    [undefined, false],
  ])('%s: %s', (name, is) => {
    expect(isWrapperName(name)).toBe(is);
  });
});

describe('isWritableDate', () => {
  it.each([
    [0n, true],
    [9_000_000_000_000_000_000n, true],
    [9_000_000_000_000_000_001n, false],
    [2n ** 63n - 1n, true],
    [-(2n ** 63n), true],
  ])('%s: %s', (ms, is) => {
    expect(isWritableDate(ms)).toBe(is);
  });
});
