import { BSONRegExp } from 'bson';
import { commandError } from '../errors.js';
import {
  TYPE_NUMBERS,
  asNumeric,
  bytesOf,
  isRegex,
  RANK,
  show,
  toDouble,
  toSafeInteger,
  typeName,
  typeRank,
  type Document,
} from '../values/index.js';
import type { ValueTest } from './filter-types.js';
import { matchingRegex } from './value-tests.js';

const NUMBER_TYPES = ['int', 'long', 'double', 'decimal'];

export function ofType(wanted: unknown): ValueTest {
  const types = new Set((Array.isArray(wanted) ? wanted : [wanted]).flatMap(typeAlias));
  if (types.size === 0) throw commandError(9, '$type must match at least one type');
  return (value) => value !== undefined && types.has(typeName(value));
}

function typeAlias(alias: unknown): string[] {
  if (alias === 'number') return NUMBER_TYPES;
  if (typeof alias === 'string') {
    if (Object.hasOwn(TYPE_NUMBERS, alias)) return [alias];
    throw commandError(2, `Unknown type name alias: ${alias}`);
  }
  const code = toSafeInteger(alias);
  const name = Object.keys(TYPE_NUMBERS).find((key) => TYPE_NUMBERS[key] === code);
  if (code === undefined || name === undefined)
    throw commandError(2, `Invalid numerical type code: ${show(alias)}`);
  return [name];
}

export function withRemainder(argument: unknown): ValueTest {
  if (!Array.isArray(argument)) throw commandError(2, 'malformed mod, needs to be an array');
  if (argument.length < 2) throw commandError(2, 'malformed mod, not enough elements');
  if (argument.length > 2) throw commandError(2, 'malformed mod, too many elements');
  const [divisor, wanted] = argument.map(truncatedInteger);
  if (divisor === undefined) throw commandError(2, 'malformed mod, divisor not a number');
  if (divisor === 0n) throw commandError(2, 'divisor cannot be 0');
  return (value) => {
    const dividend = truncatedInteger(value);
    return dividend !== undefined && dividend % divisor === (wanted ?? 0n);
  };
}

function truncatedInteger(value: unknown): bigint | undefined {
  const numeric = asNumeric(value);
  if (numeric === undefined || typeof numeric === 'bigint') return numeric;
  const double = toDouble(numeric);
  return Number.isFinite(double) ? BigInt(Math.trunc(double)) : undefined;
}

export function ofSize(argument: unknown): (items: unknown[]) => boolean {
  const size = toSafeInteger(argument);
  if (size === undefined) {
    throw commandError(2, `Failed to parse $size. Expected an integer: $size: ${show(argument)}`);
  }
  if (size < 0) {
    throw commandError(
      2,
      `Failed to parse $size. Expected a non-negative number in: $size: ${show(argument)}`,
    );
  }
  return (items) => items.length === size;
}

export function matchingPattern(pattern: unknown, conditions: Document): ValueTest {
  const { $options: options } = conditions;
  if (options !== undefined && typeof options !== 'string')
    throw commandError(2, '$options has to be a string');
  if (isRegex(pattern)) {
    const own = pattern instanceof RegExp ? pattern.flags : pattern.options;
    if (options && own) throw commandError(51074, 'options set in both $regex and $options');
    return matchingRegex(pattern, options);
  }
  if (typeof pattern !== 'string') throw commandError(2, '$regex has to be a string');
  return matchingRegex(new BSONRegExp(pattern, options ?? ''));
}

type BitOperator = '$bitsAllSet' | '$bitsAnySet' | '$bitsAllClear' | '$bitsAnyClear';

const BITS_HOLD: Readonly<Record<BitOperator, (bits: bigint, mask: bigint) => boolean>> = {
  $bitsAllSet: (bits, mask) => (bits & mask) === mask,
  $bitsAnySet: (bits, mask) => (bits & mask) !== 0n,
  $bitsAllClear: (bits, mask) => (bits & mask) === 0n,
  $bitsAnyClear: (bits, mask) => (bits & mask) !== mask,
};

export function withBits(operator: BitOperator, argument: unknown): ValueTest {
  const mask = bitMask(operator, argument);
  const holds = BITS_HOLD[operator];
  return (value) => {
    const bits = bitsOf(value);
    return bits !== undefined && holds(bits, mask);
  };
}

const MAX_BIT = 1_000_000;

function bitMask(operator: BitOperator, argument: unknown): bigint {
  if (Array.isArray(argument)) {
    return argument.reduce<bigint>((mask, position) => {
      const bit = toSafeInteger(position);
      if (bit === undefined || bit < 0 || bit > MAX_BIT) {
        throw commandError(
          2,
          `${operator}: bit positions must be integers from 0 to ${MAX_BIT} but got: ${show(position)}`,
        );
      }
      return mask | (1n << BigInt(bit));
    }, 0n);
  }
  const mask = bitsOf(argument);
  if (mask === undefined || (asNumeric(argument) !== undefined && mask < 0n)) {
    throw commandError(
      2,
      `${operator} takes an Array, a number, or a BinData but received: ${show(argument)}`,
    );
  }
  return mask;
}

/** Integers as two's complement of any length; binary data with its least significant byte first. */
function bitsOf(value: unknown): bigint | undefined {
  if (typeRank(value) === RANK.binary) {
    const hex = Buffer.from(bytesOf(value).bytes).reverse().toString('hex');
    return hex ? BigInt(`0x${hex}`) : 0n;
  }
  const numeric = asNumeric(value);
  if (numeric === undefined || typeof numeric === 'bigint') return numeric;
  const integer = toSafeInteger(numeric);
  return integer === undefined ? undefined : BigInt(integer);
}
