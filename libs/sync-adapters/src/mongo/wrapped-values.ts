import type { Json, JsonObject, WrapperName } from '@redis-mongo-sync/sync-core';
import {
  Binary,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb';
import { regularExpression } from './bson-scalars.js';
import { DistantDate } from './driverless-values.js';

/** The value in a wrapper that is known to be valid. @param toBson converts the scope of code */
export function wrappedValue(
  name: WrapperName,
  object: JsonObject,
  toBson: (value: Json) => unknown,
): unknown {
  const content = object[name] ?? null;
  const text = content as string;
  switch (name) {
    case '$oid':
      return new ObjectId(text);
    case '$numberInt':
      return Number(text);
    case '$numberLong':
      return Long.fromBigInt(BigInt(text));
    case '$numberDouble':
      return new Double(Number(text));
    case '$numberDecimal':
      return Decimal128.fromString(text);
    case '$date':
      return dateOf(content);
    case '$binary':
      return binaryOf(content as JsonObject);
    case '$uuid':
      return new UUID(text);
    case '$regularExpression': {
      const { pattern, options } = content as { readonly pattern: string; readonly options: string };
      return regularExpression(pattern, options);
    }
    case '$timestamp':
      return new Timestamp(content as { readonly t: number; readonly i: number });
    case '$minKey':
      return new MinKey();
    case '$maxKey':
      return new MaxKey();
    case '$code':
      return object.$scope === undefined
        ? new Code(text)
        : new Code(text, toBson(object.$scope) as Record<string, unknown>);
    case '$symbol':
      return new BSONSymbol(text);
    case '$undefined':
      return undefined;
    case '$dbPointer':
      throw new Error('no valid value holds a $dbPointer');
  }
}

function dateOf(content: Json): Date {
  if (typeof content === 'string') return new Date(content);
  const milliseconds = BigInt((content as { readonly $numberLong: string }).$numberLong);
  const date = new Date(Number(milliseconds));
  return Number.isNaN(date.getTime()) ? new DistantDate(milliseconds) : date;
}

function binaryOf(content: JsonObject): Binary {
  const { base64, subType } = content as { readonly base64: string; readonly subType: string };
  return new Binary(Buffer.from(base64, 'base64'), Number.parseInt(subType, 16));
}
