import { Decimal128, type ObjectId, type Timestamp } from 'bson';
import { millisecondsOf } from '../bson/index.js';
import type { Collation } from './collation.js';
import { canonicalDecimal, compareDecimals, decimalOf } from './decimal.js';
import { asDocument } from './document.js';
import { asNumeric, plainNumber, type Numeric } from './numbers.js';
import { RANK, bytesOf, opaqueText, textOf, typeRank } from './order.js';

/**
 * A string that two values share exactly when they are equal (`valuesEqual`), for maps and indexes. It says
 * nothing about order, and with a collation it is only stable within the process: never store it.
 */
export function keyString(value: unknown, collation?: Collation): string {
  const rank = typeRank(value);
  switch (rank) {
    case RANK.null:
      return 'z';
    case RANK.number:
      return `n${numberKey(asNumeric(value)!)}`;
    case RANK.string: {
      const text = textOf(value);
      return `s${JSON.stringify(collation ? collation.key(text) : text)}`;
    }
    case RANK.object: {
      const fields = Object.entries(asDocument(value) ?? {});
      return `{${fields.map(([name, item]) => `${JSON.stringify(name)}:${keyString(item, collation)}`).join()}}`;
    }
    case RANK.array:
      return `[${(value as unknown[]).map((item) => keyString(item, collation)).join()}]`;
    default:
      return opaqueKey(value, rank);
  }
}

function opaqueKey(value: unknown, rank: number): string {
  switch (rank) {
    case RANK.objectId:
      return `o${(value as ObjectId).toHexString()}`;
    case RANK.boolean:
      return value === true ? 't' : 'f';
    case RANK.date:
      return `d${millisecondsOf(value as Date)}`;
    case RANK.timestamp:
      return `T${(value as Timestamp).t}:${(value as Timestamp).i}`;
    case RANK.binary: {
      const { subtype, bytes } = bytesOf(value);
      return `b${subtype}:${bytes.toString('base64')}`;
    }
    default:
      return `x${rank}${JSON.stringify(opaqueText(value))}`;
  }
}

/** The double's own text if the value is exactly a double, whatever its type, else its canonical decimal. */
function numberKey(numeric: Numeric): string {
  const value = plainNumber(numeric);
  if (typeof value === 'number') return value === 0 ? '0' : String(value);
  const double = Number(value.toString());
  if (typeof value === 'bigint') {
    return BigInt(double) === value ? String(double) : canonicalDecimal(decimalOf(value));
  }
  return decimalKey(value, double);
}

function decimalKey(value: Decimal128, double: number): string {
  const exact = decimalOf(value);
  return compareDecimals(exact, decimalOf(double)) === 0 ? numberKey(double) : canonicalDecimal(exact);
}
