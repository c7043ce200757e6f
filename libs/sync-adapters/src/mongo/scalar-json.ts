import { isPlainNumber, type Json, type JsonObject } from '@redis-mongo-sync/sync-core';
import {
  Binary,
  type BSONRegExp,
  type BSONSymbol,
  type Code,
  type DBRef,
  type Decimal128,
  type Document,
  type Double,
  type Int32,
  type Long,
  type ObjectId,
  type Timestamp,
} from 'mongodb';
import { DistantDate, type DbPointer } from './driverless-values.js';

/** Whether a value is a document: a plain object, a `Map`, or the driver's class of references (DBRef). */
export function isDocument(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === null;
  return isPlain || value instanceof Map || typeOf(value) === 'DBRef';
}

/** The members of a document, in its order. */
export function membersOf(document: Document): [string, unknown][] {
  if (document instanceof Map) return [...(document as Map<string, unknown>)];
  const prototype: unknown = Object.getPrototypeOf(document);
  if (prototype === Object.prototype || prototype === null) return Object.entries(document);
  const { collection, oid, db, fields } = document as DBRef;
  return [
    ['$ref', collection],
    ['$id', oid],
    ...(db === undefined ? [] : [['$db', db] as [string, unknown]]),
    ...Object.entries(fields),
  ];
}

/** A value that is neither document nor list. @param toJson converts the scope of code */
export function scalarToJson(value: unknown, toJson: (value: unknown) => Json): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return numberToJson(value);
    case 'bigint':
      return longToJson(value);
    case 'undefined':
      return { $undefined: true };
    case 'object':
      if (value === null) return null;
      if (value instanceof Date) return dateToJson(value);
      if (value instanceof RegExp) return { $regularExpression: patternOf(value) };
      if (value instanceof Uint8Array) return binaryToJson(new Binary(value));
      return classToJson(value, toJson);
    default:
      throw new TypeError(`a ${typeof value} is no BSON value`);
  }
}

/** Of an object that is not plain: a user's member called `_bsontype` is not asked here. */
function typeOf(value: object): unknown {
  return (value as { readonly _bsontype?: unknown })._bsontype;
}

/** An object of one of the driver's classes. */
function classToJson(value: object, toJson: (value: unknown) => Json): Json {
  switch (typeOf(value)) {
    case 'ObjectId':
      return oidToJson(value as ObjectId);
    case 'Int32':
    case 'Double':
      return numberToJson((value as Int32 | Double).value);
    case 'Long':
      return longToJson((value as Long).toBigInt());
    case 'Decimal128':
      return { $numberDecimal: (value as Decimal128).toString() };
    case 'Binary':
      return binaryToJson(value as Binary);
    case 'Timestamp':
      return { $timestamp: { t: (value as Timestamp).t, i: (value as Timestamp).i } };
    case 'BSONRegExp': {
      const { pattern, options } = value as BSONRegExp;
      return { $regularExpression: { pattern, options: [...options].sort().join('') } };
    }
    case 'BSONSymbol':
      return { $symbol: (value as BSONSymbol).value };
    case 'Code':
      return codeToJson(value as Code, toJson);
    case 'MinKey':
      return { $minKey: 1 };
    case 'MaxKey':
      return { $maxKey: 1 };
    case 'DBPointer': {
      const { namespace, id } = value as DbPointer;
      return { $dbPointer: { $ref: namespace, $id: oidToJson(id) } };
    }
    default:
      throw new TypeError(`a ${value.constructor.name} is no BSON value`);
  }
}

function oidToJson(id: ObjectId): JsonObject {
  return { $oid: id.toHexString() };
}

function numberToJson(value: number): Json {
  if (isPlainNumber(value)) return value;
  return { $numberDouble: Object.is(value, -0) ? '-0.0' : String(value) };
}

function longToJson(value: bigint): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { $numberLong: String(value) };
}

/** The first instant of the year 10000: a year of four digits is all that the text form has. */
const YEAR_10000 = 253_402_300_800_000;

function dateToJson(date: Date): Json {
  if (date instanceof DistantDate) return { $date: { $numberLong: String(date.milliseconds) } };
  const milliseconds = date.getTime();
  if (Number.isNaN(milliseconds)) throw new TypeError('an invalid Date is no BSON value');
  if (milliseconds < 0 || milliseconds >= YEAR_10000) return { $date: { $numberLong: String(milliseconds) } };
  return { $date: date.toISOString().replace('.000Z', 'Z') };
}

function binaryToJson(binary: Binary): Json {
  const bytes = binary.value();
  if (binary.sub_type === Binary.SUBTYPE_UUID && bytes.length === 16) return { $uuid: uuidText(bytes) };
  const subType = binary.sub_type.toString(16).padStart(2, '0');
  return { $binary: { base64: Buffer.from(bytes).toString('base64'), subType } };
}

function uuidText(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function codeToJson({ code, scope }: Code, toJson: (value: unknown) => Json): JsonObject {
  const text = typeof code === 'string' ? code : String(code);
  return scope ? { $code: text, $scope: toJson(scope) } : { $code: text };
}

/** As the driver writes a regular expression of JavaScript's. */
function patternOf({ source, ignoreCase, multiline, global }: RegExp): JsonObject {
  const options = `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${global ? 's' : ''}`;
  return { pattern: source, options };
}
