import { BSONSymbol, Code, Decimal128, Double, Long } from 'bson';
import { asNumeric, isInt32, type Numeric } from './numbers.js';
import { RANK, typeRank } from './order.js';

const NAMES: Readonly<Record<number, string>> = {
  [RANK.minKey]: 'minKey',
  [RANK.undefined]: 'undefined',
  [RANK.null]: 'null',
  [RANK.string]: 'string',
  [RANK.object]: 'object',
  [RANK.array]: 'array',
  [RANK.binary]: 'binData',
  [RANK.objectId]: 'objectId',
  [RANK.boolean]: 'bool',
  [RANK.date]: 'date',
  [RANK.timestamp]: 'timestamp',
  [RANK.regex]: 'regex',
  [RANK.dbPointer]: 'dbPointer',
  [RANK.maxKey]: 'maxKey',
};

/** BSON's numbers for its types, by the names `$type` knows them by. */
export const TYPE_NUMBERS: Readonly<Record<string, number>> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};

/** The name `$type` gives a value: `int`, `objectId`, `missing`, … */
export function typeName(value: unknown): string {
  if (value === undefined) return 'missing';
  const numeric = asNumeric(value);
  if (numeric !== undefined) return numberTypeName(value, numeric);
  if (value instanceof BSONSymbol) return 'symbol';
  if (value instanceof Code) return value.scope ? 'javascriptWithScope' : 'javascript';
  return NAMES[typeRank(value)] ?? 'object';
}

function numberTypeName(value: unknown, numeric: Numeric): string {
  if (numeric instanceof Decimal128) return 'decimal';
  if (typeof numeric === 'bigint' || value instanceof Long) return 'long';
  return numeric instanceof Double || !isInt32(numeric) ? 'double' : 'int';
}
