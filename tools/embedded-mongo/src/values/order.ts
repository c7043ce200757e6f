import { BSONRegExp, Binary, Code, ObjectId, Timestamp } from 'bson';
import type { Collation } from './collation.js';
import { DBPointer, encode, millisecondsOf } from '../bson/index.js';
import { asDocument, bsonClass, type Document } from './document.js';
import { asNumeric, compareNumbers, type Numeric } from './numbers.js';

/** MongoDB's order of types; values of different ranks never compare equal. */
export const RANK = {
  minKey: 1,
  undefined: 3,
  null: 5,
  number: 10,
  string: 15,
  object: 20,
  array: 25,
  binary: 30,
  objectId: 35,
  boolean: 40,
  date: 45,
  timestamp: 47,
  regex: 50,
  dbPointer: 55,
  code: 60,
  maxKey: 127,
} as const;

const BSON_RANKS: Readonly<Record<string, number>> = {
  MinKey: RANK.minKey,
  Undefined: RANK.undefined,
  DBPointer: RANK.dbPointer,
  MaxKey: RANK.maxKey,
  Int32: RANK.number,
  Double: RANK.number,
  Long: RANK.number,
  Decimal128: RANK.number,
  BSONSymbol: RANK.string,
  Binary: RANK.binary,
  ObjectId: RANK.objectId,
  Timestamp: RANK.timestamp,
  BSONRegExp: RANK.regex,
  Code: RANK.code,
};

export function typeRank(value: unknown): number {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return RANK.number;
    case 'string':
      return RANK.string;
    case 'boolean':
      return RANK.boolean;
    case 'object':
      return value === null ? RANK.null : objectRank(value);
    default:
      return RANK.null;
  }
}

function objectRank(value: object): number {
  if (Array.isArray(value)) return RANK.array;
  const bsonType = bsonClass(value);
  if (bsonType !== undefined) return BSON_RANKS[bsonType] ?? RANK.object;
  if (value instanceof Date) return RANK.date;
  if (value instanceof RegExp) return RANK.regex;
  return ArrayBuffer.isView(value) ? RANK.binary : RANK.object;
}

/**
 * MongoDB's order of all values: by type, then by value. Missing (`undefined`) counts as null; numbers
 * compare by value across their types.
 */
export function compareValues(a: unknown, b: unknown, collation?: Collation): number {
  if (a === b) return 0;
  const rank = typeRank(a);
  const difference = rank - typeRank(b);
  if (difference !== 0) return difference;
  switch (rank) {
    case RANK.number:
      return compareNumbers(asNumeric(a)!, asNumeric(b)!);
    case RANK.string:
      return compareText(textOf(a), textOf(b), collation);
    case RANK.object:
      return compareDocuments(asDocument(a) ?? {}, asDocument(b) ?? {}, collation);
    case RANK.array:
      return compareArrays(a as unknown[], b as unknown[], collation);
    case RANK.boolean:
      return Number(a) - Number(b);
    case RANK.date:
      return compareDates(millisecondsOf(a as Date), millisecondsOf(b as Date));
    default:
      return compareOpaque(a, b);
  }
}

function compareDates(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : Number(a > b);
}

export function valuesEqual(a: unknown, b: unknown, collation?: Collation): boolean {
  return a === b || compareValues(a, b, collation) === 0;
}

/** Equal also in type and field order: writing `b` over `a` would change nothing. */
export function identical(a: unknown, b: unknown): boolean {
  if (a === b) return a !== 0 || Object.is(a, b);
  const left = asNumeric(a);
  if (left !== undefined) {
    const right = asNumeric(b);
    return right !== undefined && numericForm(left) === numericForm(right);
  }
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => identical(item, b[i]));
  }
  const x = asDocument(a);
  const y = asDocument(b);
  if (!x || !y) return x === y && typeof a === typeof b && compareValues(a, b) === 0;
  const keys = Object.keys(x);
  const others = Object.keys(y);
  return keys.length === others.length && keys.every((k, i) => k === others[i] && identical(x[k], y[k]));
}

const numericForm = (value: Numeric): string =>
  Object.is(value, -0) ? 'number-0' : typeof value + value.toString();

export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : String((value as { value: unknown }).value);

function compareText(a: string, b: string, collation?: Collation): number {
  return collation ? collation.compare(a, b) : compareStrings(a, b);
}

/** Order of the UTF-8 bytes: as UTF-16 units, but surrogates come after U+E000..U+FFFF. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? utf8Order(x) - utf8Order(y) : x - y;
  }
  return a.length - b.length;
}

const utf8Order = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);

function compareDocuments(a: Document, b: Document, collation?: Collation): number {
  const keys = Object.keys(a);
  const others = Object.keys(b);
  const length = Math.min(keys.length, others.length);
  for (let i = 0; i < length; i++) {
    const key = keys[i]!;
    const other = others[i]!;
    const order =
      typeRank(a[key]) - typeRank(b[other]) ||
      compareStrings(key, other) ||
      compareValues(a[key], b[other], collation);
    if (order !== 0) return order;
  }
  return keys.length - others.length;
}

function compareArrays(a: unknown[], b: unknown[], collation?: Collation): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareValues(a[i], b[i], collation);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareOpaque(a: unknown, b: unknown): number {
  if (a instanceof ObjectId && b instanceof ObjectId) return Buffer.compare(a.id, b.id);
  if (a instanceof Timestamp && b instanceof Timestamp) return a.t - b.t || a.i - b.i;
  if (typeRank(a) === RANK.binary) return compareBinaries(bytesOf(a), bytesOf(b));
  return compareStrings(opaqueText(a), opaqueText(b));
}

/** A text that tells regular expressions, code, MinKey and MaxKey apart. */
export function opaqueText(value: unknown): string {
  if (value instanceof RegExp) return `${value.source}\u0000${value.flags}`;
  if (value instanceof BSONRegExp) return `${value.pattern}\u0000${value.options}`;
  if (value instanceof DBPointer) return `${value.namespace}\u0000${value.id.toHexString()}`;
  if (value instanceof Code)
    return `${value.code}\u0000${value.scope ? encode(value.scope).toString('hex') : ''}`;
  return '';
}

export interface Bytes {
  subtype: number;
  bytes: Buffer;
}

export function bytesOf(value: unknown): Bytes {
  if (value instanceof Binary) {
    return { subtype: value.sub_type, bytes: Buffer.from(value.value()) };
  }
  const view = value as Uint8Array;
  return { subtype: 0, bytes: Buffer.from(view.buffer, view.byteOffset, view.byteLength) };
}

function compareBinaries(a: Bytes, b: Bytes): number {
  return a.bytes.length - b.bytes.length || a.subtype - b.subtype || Buffer.compare(a.bytes, b.bytes);
}
