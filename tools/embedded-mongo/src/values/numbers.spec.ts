import { Decimal128, Double, Int32, Long } from 'bson';
import { arithmetic, decimal, Summation, typeName, type Numeric } from './index.js';

const dec = (text: string): Decimal128 => Decimal128.fromString(text);
const { add, divide, multiply, remainder, subtract } = arithmetic;

describe('arithmetic', () => {
  it.each<[string, Numeric, Numeric]>([
    ['int32 + int32 that fits', add(1, 2), 3],
    ['int32 + int32 that does not fit is int64', add(2147483647, 1), 2147483648n],
    ['int32 - int32 that does not fit is int64', subtract(-2147483648, 1), -2147483649n],
    ['int32 * int32 beyond doubles is exact', multiply(2147483647, 2147483647), 4611686014132420609n],
    ['int64 + int32 is exact beyond 2^53', add(9007199254740993n, 1), 9007199254740994n],
    ['int64 + double is a double', add(2n, 0.5), 2.5],
    ['a whole double beyond int32 stays a double', add(1e15, 1), 1e15 + 1],
    ['int64 overflow becomes a double', add(2n ** 63n - 1n, 1), 2 ** 63],
    ['decimal + double rounds the double to 15 digits', add(dec('1'), 0.1), dec('1.100000000000000')],
    ['decimal + decimal is exact', add(dec('0.1'), dec('0.2')), dec('0.3')],
    ['decimal * int64', multiply(dec('1.5'), 3n), dec('4.5')],
    ['division of integers is a double', divide(1, 4), 0.25],
    ['decimal division has 34 digits', divide(dec('1'), 3), dec('0.3333333333333333333333333333333333')],
    ['exact decimal division is short', divide(dec('1'), 8), dec('0.125')],
    ['2/3 rounds up', divide(dec('2'), 3), dec('0.6666666666666666666666666666666667')],
    ['remainder has the sign of the dividend', remainder(-7, 3), -1],
    ['remainder of int64', remainder(9007199254740993n, 10), 3n],
    ['remainder of doubles', remainder(5.5, 2), 1.5],
  ])('%s', (_name, actual, expected) => {
    expect(typeName(actual)).toBe(typeName(expected));
    expect(String(actual)).toBe(String(expected));
  });

  it('lets the caller refuse an overflow of int64', () => {
    const refuse = (): never => {
      throw new Error('overflow');
    };
    expect(() => add(2n ** 63n - 1n, 1, refuse)).toThrow('overflow');
  });
});

describe('sums', () => {
  const sum = (...values: Numeric[]): Numeric => {
    const running = new Summation();
    values.forEach((value) => running.add(value));
    return running.total();
  };

  it.each<[string, Numeric, Numeric]>([
    ['doubles are compensated', sum(0.1, 0.2, 0.3), 0.6],
    ['integers stay int32', sum(1, 2), 3],
    ['int32 overflow in between does not matter', sum(2147483647, 1, -1), 2147483647],
    ['one int64 makes int64', sum(1, 2n), 3n],
    ['int64 exactly, then a double', sum(9007199254740993n, 1, 0.5, 0.5), 9007199254740996],
    ['a decimal makes a decimal', sum(1, dec('0.1'), 2n), dec('3.1')],
    ['infinite', sum(Infinity, 1), Infinity],
    ['nothing is zero', sum(), 0],
  ])('%s', (_name, actual, expected) => {
    expect(typeName(actual)).toBe(typeName(expected));
    expect(String(actual)).toBe(String(expected));
  });
});

describe('Decimal128', () => {
  const rounded = (text: string): string => decimal.toDecimal128(decimal.fromText(text)).toString();

  it.each([
    ['1234567890123456789012345678901234.5', '1234567890123456789012345678901234'],
    ['1234567890123456789012345678901235.5', '1234567890123456789012345678901236'],
    ['9999999999999999999999999999999999.9', '1.000000000000000000000000000000000E+34'],
    ['1e6145', 'Infinity'],
    ['-1e6145', '-Infinity'],
    ['1e-999999999', '0E-6176'],
    ['1e999999999', 'Infinity'],
    ['Infinity', 'Infinity'],
    ['nonsense', 'NaN'],
  ])('%s is held as %s', (text, expected) => {
    expect(rounded(text)).toBe(expected);
  });

  it.each<[decimal.Rounding, string, number, string]>([
    ['half-even', '2.5', 0, '2'],
    ['half-even', '3.5', 0, '4'],
    ['half-even', '-2.51', 0, '-3'],
    ['down', '-2.9', 0, '-2'],
    ['floor', '-2.1', 0, '-3'],
    ['ceil', '2.1', 0, '3'],
    ['half-even', '1.255', 2, '1.26'],
    ['half-even', '1250', -2, '1.2E+3'],
  ])('rounds %s %s to %i places: %s', (mode, text, places, expected) => {
    const result = decimal.toDecimal128(decimal.roundDecimal(decimal.fromText(text), places, mode));
    expect(result.toString()).toBe(expected);
  });
});

describe('typeName', () => {
  it.each<[unknown, string]>([
    [1, 'int'],
    [1.5, 'double'],
    [2147483648, 'double'],
    [-0, 'double'],
    [1n, 'long'],
    [new Long(1), 'long'],
    [new Int32(1), 'int'],
    [new Double(1), 'double'],
    [dec('1'), 'decimal'],
    [undefined, 'missing'],
    [null, 'null'],
  ])('of %p is %s', (value, name) => {
    expect(typeName(value)).toBe(name);
  });
});
