import { Decimal128, Timestamp } from 'bson';
import { commandError } from '../errors.js';
import {
  arithmetic,
  asDocument,
  asNumeric,
  isInt32,
  show,
  typeName,
  type EvalContext,
  type Numeric,
} from '../values/index.js';
import type { OperatorSite } from './operator-types.js';

/** `$inc` and `$mul`. */
export function applyArithmetic(current: unknown, { operator, argument, path, doc }: OperatorSite): Numeric {
  const operand = asNumeric(argument);
  if (operand === undefined) {
    const verb = operator === '$inc' ? 'increment' : 'multiply';
    throw commandError(14, `Cannot ${verb} with non-numeric argument: {${path}: ${show(argument)}}`);
  }
  if (current === undefined) return operator === '$inc' ? operand : arithmetic.multiply(operand, 0);
  const value = asNumeric(current);
  if (value === undefined) {
    throw commandError(
      14,
      `Cannot apply ${operator} to a value of non-numeric type. {_id: ${show(doc._id)}} has the field ` +
        `'${path.split('.').at(-1)}' of non-numeric type ${typeName(current)}`,
    );
  }
  const compute = operator === '$inc' ? arithmetic.add : arithmetic.multiply;
  return compute(value, operand, () => {
    throw commandError(
      2,
      `Failed to apply ${operator} operations to current value (${show(current)}) for document {_id: ${show(doc._id)}}`,
    );
  });
}

/** `{$bit: {field: {and | or | xor: integer}}}` */
export function applyBits(current: unknown, { argument, path }: OperatorSite): Numeric {
  const operations = Object.entries(asDocument(argument) ?? {});
  if (operations.length === 0) {
    throw commandError(
      2,
      `You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}, found ${show(argument)}`,
    );
  }
  let result = integerIn(current ?? 0, `Cannot apply $bit to a value of non-integral type: field '${path}'`);
  for (const [operation, operand] of operations) {
    const mask = integerIn(operand, 'The $bit modifier field must be an Integer(32/64 bit)');
    const bits = combineBits(operation, BigInt(result), BigInt(mask));
    result = isInt32(result) && isInt32(mask) ? Number(bits) : bits;
  }
  return result;
}

function combineBits(operation: string, a: bigint, b: bigint): bigint {
  switch (operation) {
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    default:
      throw commandError(2, `The $bit modifier only supports 'and', 'or', and 'xor', not '${operation}'`);
  }
}

function integerIn(value: unknown, message: string): number | bigint {
  const number = asNumeric(value);
  if (number === undefined || number instanceof Decimal128 || !arithmetic.isInteger(number)) {
    throw commandError(2, `${message}, found ${typeName(value)}`);
  }
  return number;
}

/** `true`, `{$type: 'date'}` or `{$type: 'timestamp'}` */
export function currentDate(argument: unknown, ctx: EvalContext): Date | Timestamp {
  if (typeof argument === 'boolean') return ctx.now;
  const { $type: type } = asDocument(argument) ?? {};
  if (type === 'date') return ctx.now;
  if (type === 'timestamp') {
    return ctx.clusterTime ?? new Timestamp({ t: Math.floor(ctx.now.getTime() / 1000), i: 1 });
  }
  throw commandError(
    2,
    "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}",
  );
}
