import { Binary, ObjectId } from 'mongodb';

/** A document of a test file or of a reply, before anybody knows what it holds. */
export type Fields = Record<string, unknown>;

/** True for plain documents only: no arrays, dates, bytes or BSON values. */
export function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !('_bsontype' in value) && !(value instanceof Date) && !(value instanceof Uint8Array);
}

export function bsonTypeOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('_bsontype' in value)) return undefined;
  return String(value._bsontype);
}

/** Int32, Double, Long and bigint as the number they stand for: the tests do not tell them apart. */
export function asPlainNumber(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  const type = bsonTypeOf(value);
  return type === 'Int32' || type === 'Double' || type === 'Long' ? Number(value) : value;
}

/** Bytes as hex digits, for comparing session ids. */
export function hexOf(bytes: unknown): string {
  if (bytes instanceof Binary) return Buffer.from(bytes.buffer).toString('hex');
  if (bytes instanceof ObjectId) return bytes.toHexString();
  if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString('hex');
  throw new TypeError('expected bytes');
}
