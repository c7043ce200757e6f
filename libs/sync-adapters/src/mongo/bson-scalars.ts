import {
  Binary,
  BSON,
  BSONRegExp,
  BSONSymbol,
  BSONType,
  Code,
  Decimal128,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb';
import { DbPointer, DistantDate } from './driverless-values.js';

const { ByteUtils, NumberUtils } = BSON.onDemand;

export type BsonElement = BSON.OnDemand['BSONElement'];

/**
 * The value of an element that holds no other elements; int32 and double are `number`, others of the driver's classes.
 *
 * @param strict whether text that is not UTF-8 is a fault; else it is read with replacement characters
 */
export function scalarOf(bytes: Uint8Array, element: BsonElement, strict: boolean): unknown {
  const [type, , , offset, length] = element;
  switch (type as BSONType) {
    case BSONType.double:
      return NumberUtils.getFloat64LE(bytes, offset);
    case BSONType.string:
      return textAt(bytes, offset, strict);
    case BSONType.bool:
      return bytes[offset] === 1;
    case BSONType.null:
      return null;
    case BSONType.int:
      return NumberUtils.getInt32LE(bytes, offset);
    case BSONType.long:
      return Long.fromBigInt(NumberUtils.getBigInt64LE(bytes, offset));
    case BSONType.date:
      return dateOf(NumberUtils.getBigInt64LE(bytes, offset));
    case BSONType.objectId:
      return new ObjectId(bytes.subarray(offset, offset + length));
    default:
      return rareScalarOf(bytes, element, strict);
  }
}

function rareScalarOf(bytes: Uint8Array, [type, , , offset, length]: BsonElement, strict: boolean): unknown {
  const end = offset + length;
  switch (type as BSONType) {
    case BSONType.undefined:
      return undefined;
    case BSONType.binData:
      return binaryAt(bytes, offset, end);
    case BSONType.decimal:
      return new Decimal128(bytes.slice(offset, end));
    case BSONType.timestamp:
      return new Timestamp({
        i: NumberUtils.getUint32LE(bytes, offset),
        t: NumberUtils.getUint32LE(bytes, offset + 4),
      });
    case BSONType.regex:
      return regularExpressionAt(bytes, offset, end);
    case BSONType.symbol:
      return new BSONSymbol(textAt(bytes, offset, strict));
    case BSONType.javascript:
      return new Code(textAt(bytes, offset, strict));
    case BSONType.dbPointer:
      return new DbPointer(textAt(bytes, offset, strict), new ObjectId(bytes.subarray(end - 12, end)));
    case BSONType.maxKey:
      return new MaxKey();
    default:
      if (type === MIN_KEY) return new MinKey();
      throw new Error(`type ${type} is not known`);
  }
}

/** As a byte; `BSONType.minKey` is -1. */
const MIN_KEY = 0xff;

export function textAt(bytes: Uint8Array, offset: number, strict: boolean): string {
  const length = NumberUtils.getInt32LE(bytes, offset);
  const start = offset + 4;
  const end = start + length - 1;
  if (length < 1 || bytes[end] !== 0) throw new Error('the length of a text is wrong');
  return ByteUtils.toUTF8(bytes, start, end, strict);
}

/** The class of the driver refuses option letters that MongoDB stores; its property takes them. */
export function regularExpression(pattern: string, options: string): BSONRegExp {
  const expression = new BSONRegExp(pattern);
  expression.options = options;
  return expression;
}

function regularExpressionAt(bytes: Uint8Array, offset: number, end: number): BSONRegExp {
  const middle = bytes.indexOf(0, offset);
  return regularExpression(
    ByteUtils.toUTF8(bytes, offset, middle, false),
    ByteUtils.toUTF8(bytes, middle + 1, end - 1, false),
  );
}

const MAX_DATE = 8_640_000_000_000_000n;

function dateOf(milliseconds: bigint): Date {
  const near = milliseconds <= MAX_DATE && milliseconds >= -MAX_DATE;
  return near ? new Date(Number(milliseconds)) : new DistantDate(milliseconds);
}

const UUID_BYTES = 16;

function binaryAt(bytes: Uint8Array, offset: number, end: number): Binary {
  const subType = bytes[offset + 4] ?? 0;
  // The old subtype 2 repeats its length in front of its bytes.
  const content = bytes.subarray(offset + (subType === Binary.SUBTYPE_BYTE_ARRAY ? 9 : 5), end);
  if (subType === Binary.SUBTYPE_UUID && content.length === UUID_BYTES) return new UUID(content);
  return new Binary(content, subType);
}
