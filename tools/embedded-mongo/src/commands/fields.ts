import { commandError } from '../errors.js';
import { asNumeric, toDouble, toSafeInteger, type Document } from '../values/index.js';

/** Fields that drivers may send with any command. */
const COMMON = new Set([
  '$db',
  '$clusterTime',
  '$readPreference',
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'comment',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
]);

/** Nothing a client asks for is passed over in silence. */
export function assertKnownFields(name: string, command: Document, known: readonly string[]): void {
  for (const field in command) {
    if (field === name || COMMON.has(field) || known.includes(field)) continue;
    throw commandError(40415, `BSON field '${name}.${field}' is an unknown field.`);
  }
}

/** The same for a document within a command, such as one statement of an update. */
export function assertOnlyFields(place: string, doc: Document, known: readonly string[]): void {
  for (const field in doc) {
    if (!known.includes(field))
      throw commandError(40415, `BSON field '${place}.${field}' is an unknown field.`);
  }
}

/** A number, whatever numeric type the client used; undefined when the field is absent. */
export function optionalNumber(doc: Document, field: string): number | undefined {
  const value = doc[field];
  if (value === undefined || value === null) return undefined;
  const numeric = asNumeric(value);
  if (numeric !== undefined) return toDouble(numeric);
  throw commandError(14, `BSON field '${field}' is the wrong type '${typeof value}', expected a number`);
}

export function optionalInt64(doc: Document, field: string): bigint | undefined {
  const value = doc[field];
  if (value === undefined || typeof value === 'bigint') return value;
  const integer = toSafeInteger(value);
  if (integer !== undefined) return BigInt(integer);
  throw commandError(14, `BSON field '${field}' is the wrong type, expected a 64-bit integer`);
}

export function nonNegative(doc: Document, field: string): number | undefined {
  const value = optionalNumber(doc, field);
  if (value !== undefined && value < 0) {
    throw commandError(51024, `BSON field '${field}' value must be >= 0, actual value '${value}'`);
  }
  return value;
}

export function documentsIn(command: Document, field: string): Document[] {
  const list = command[field];
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_WRITE_BATCH) {
    const got = Array.isArray(list) ? list.length : 0;
    throw commandError(
      16,
      `Write batch sizes must be between 1 and ${MAX_WRITE_BATCH}. Got ${got} operations.`,
    );
  }
  return list as Document[];
}

export const MAX_WRITE_BATCH = 100_000;
