import { Decimal128, ObjectId, Timestamp } from 'bson';
import { dateOf, millisecondsOf } from '../../../bson/index.js';
import { CommandError, commandError } from '../../../errors.js';
import {
  INT64_MAX,
  INT64_MIN,
  TYPE_NUMBERS,
  asDouble,
  asNumeric,
  decimal,
  isInt32,
  isTruthy,
  toDouble,
  toSafeInteger,
  typeName,
  type Numeric,
} from '../../../values/index.js';
import { compileOperands, isNullish, namedArguments, unary, unaryOrNull } from '../operands.js';
import type { Evaluator, ExpressionCompiler, OperatorTable } from '../types.js';
import { parseDate } from '../dates/parse.js';

type Converter = (value: unknown) => unknown;

const CONVERTERS: Readonly<Record<string, Converter>> = {
  double: (value) => asDouble(toDouble(numberFrom(value, 'double'))),
  decimal: convertToDecimal,
  int: convertToInt,
  long: convertToLong,
  bool: (value) => (asNumeric(value) === undefined ? value !== false : isTruthy(value)),
  string: convertToString,
  objectId: convertToObjectId,
  date: convertToDate,
};

export const CONVERSION: OperatorTable = {
  $toDouble: unaryOrNull(converter('double')),
  $toDecimal: unaryOrNull(converter('decimal')),
  $toInt: unaryOrNull(converter('int')),
  $toLong: unaryOrNull(converter('long')),
  $toBool: unaryOrNull(converter('bool')),
  $toString: unaryOrNull(converter('string')),
  $toObjectId: unaryOrNull(converter('objectId')),
  $toDate: unaryOrNull(converter('date')),
  $type: unary(typeName),
  $isNumber: unary((value) => asNumeric(value) !== undefined),
  $convert: compileConvert,
};

function converter(type: string): Converter {
  return CONVERTERS[type]!;
}

function compileConvert(argument: unknown, compiler: ExpressionCompiler): Evaluator {
  const parts = namedArguments(argument, '$convert', {
    required: ['input', 'to'],
    optional: ['onError', 'onNull'],
  });
  const [input, to, onError, onNull] = ['input', 'to', 'onError', 'onNull'].map(
    (name) => compileOperands(parts.get(name) === undefined ? [null] : [parts.get(name)], compiler)[0]!,
  ) as [Evaluator, Evaluator, Evaluator, Evaluator];
  return (scope) => {
    const value = input(scope);
    const target = to(scope);
    if (isNullish(value)) return onNull(scope);
    if (isNullish(target)) return null;
    const convert = converterNamed(target);
    try {
      return convert(value);
    } catch (error) {
      if (parts.has('onError') && error instanceof CommandError) return onError(scope);
      throw error;
    }
  };
}

function converterNamed(target: unknown): Converter {
  const code = toSafeInteger(target);
  const name =
    typeof target === 'string' ? target : Object.keys(TYPE_NUMBERS).find((key) => TYPE_NUMBERS[key] === code);
  const convert = name !== undefined && Object.hasOwn(CONVERTERS, name) ? CONVERTERS[name] : undefined;
  if (!convert) throw commandError(2, `Unknown or unsupported type in $convert: ${String(target)}`);
  return convert;
}

function failure(message: string): CommandError {
  return commandError(241, `${message} in $convert with no onError value`);
}

const unconvertible = (value: unknown, type: string): CommandError =>
  failure(`Unsupported conversion from ${typeName(value)} to ${type}`);

/** Numbers, booleans, dates (their milliseconds) and numeric strings as a number, of whatever type. */
function numberFrom(value: unknown, type: string): Numeric {
  const number = asNumeric(value);
  if (number !== undefined) return number;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date && type !== 'int') return BigInt(millisecondsOf(value));
  if (typeof value !== 'string') throw unconvertible(value, type);
  const parsed = decimal.fromText(value);
  const saysNaN = /^[+-]?nan$/i.test(value);
  if (parsed.kind === 'nan' && !saysNaN) throw failure(`Failed to parse number '${value}'`);
  if (type === 'decimal') return decimal.toDecimal128(parsed);
  if (type === 'double')
    return parsed.kind === 'infinite' ? parsed.sign * Infinity : Number(saysNaN ? NaN : value);
  if (!/^[+-]?\d+$/.test(value)) throw failure(`Failed to parse number '${value}'`);
  return BigInt(value.replace('+', ''));
}

function convertToDecimal(value: unknown): Decimal128 {
  const number = numberFrom(value, 'decimal');
  return number instanceof Decimal128 ? number : decimal.toDecimal128(decimal.roundedDecimalOf(number));
}

function convertToInt(value: unknown): number {
  const whole = wholeFrom(value, 'int');
  if (!isInt32(Number(whole))) throw failure('Conversion would overflow target type');
  return Number(whole);
}

function convertToLong(value: unknown): bigint {
  const whole = wholeFrom(value, 'long');
  if (whole < INT64_MIN || whole > INT64_MAX) throw failure('Conversion would overflow target type');
  return whole;
}

/** Fractions are cut off. */
function wholeFrom(value: unknown, type: string): bigint {
  const number = numberFrom(value, type);
  if (typeof number === 'bigint') return number;
  const cut = decimal.roundDecimal(decimal.decimalOf(number), 0, 'down');
  if (cut.kind !== 'finite')
    throw failure(`Attempt to convert ${cut.kind === 'nan' ? 'NaN' : 'infinity'} value to integer type`);
  return cut.coefficient * 10n ** BigInt(Math.max(0, cut.exponent));
}

/** Exported for the string operators that take numbers and dates. */
export function convertToString(value: unknown): string {
  if (typeof value === 'string') return value;
  const number = asNumeric(value);
  if (number !== undefined) return number.toString();
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof ObjectId) return value.toHexString();
  throw unconvertible(value, 'string');
}

function convertToObjectId(value: unknown): ObjectId {
  if (value instanceof ObjectId) return value;
  if (typeof value !== 'string') throw unconvertible(value, 'objectId');
  if (!/^[0-9a-fA-F]{24}$/.test(value)) throw failure(`Failed to parse objectId '${value}'`);
  return ObjectId.createFromHexString(value);
}

function convertToDate(value: unknown): Date {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId) return value.getTimestamp();
  if (value instanceof Timestamp) return new Date(value.t * 1000);
  if (typeof value === 'string') return parseDate(value);
  const number = asNumeric(value);
  if (number === undefined || typeName(value) === 'int') throw unconvertible(value, 'date');
  return dateOf(convertToLong(number));
}
