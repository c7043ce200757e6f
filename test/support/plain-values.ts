import { BSON, Double, Int32, type Long } from 'mongodb';

const { EJSON } = BSON;

/*
 * A form in which a value can be compared, whichever side it was read from, made without the product's own conversion:
 * text, truth values, null, lists and documents as they are; numbers as JSON numbers where those are exact; every other
 * value as `{ "~": <its canonical Extended JSON text> }`.
 */

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };
export type PlainFields = Readonly<Record<string, Plain>>;

/** How BSON has to be read for {@link plainOfBson}: nothing promoted to what JavaScript has. */
export const UNPROMOTED = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const;

export function plainOfBson(value: unknown): Plain {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(plainOfBson);
  if (typeof value === 'number') return plainNumber(value);
  if (value instanceof Int32 || value instanceof Double) return plainNumber(value.valueOf());
  if (isType(value, 'Long')) return plainLong((value as Long).toBigInt());
  const members = membersOf(value);
  if (members) return fieldsOf(members, plainOfBson);
  return { '~': value === undefined ? 'undefined' : EJSON.stringify(value, { relaxed: false }) };
}

/** The same of the JSON that Redis holds and HTTP shows. */
export function plainOfJson(value: unknown): Plain {
  if (Array.isArray(value)) return value.map(plainOfJson);
  if (typeof value !== 'object' || value === null) return plainOfBson(value);
  const names = Object.keys(value);
  const isDocument = names.every((name) => !name.startsWith('$')) || ('$ref' in value && '$id' in value);
  if (isDocument) return fieldsOf(value, plainOfJson);
  if (names.length === 1 && '$document' in value) return fieldsOf(value.$document as object, plainOfJson);
  return plainOfBson(EJSON.deserialize(value, { relaxed: false }));
}

/** The fields of a record: their names are never a wrapper's. */
export function plainFields(fields: object, plainOf: (value: unknown) => Plain): PlainFields {
  return fieldsOf(fields, plainOf);
}

function fieldsOf(members: object, plainOf: (value: unknown) => Plain): PlainFields {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, plainOf(member)]));
}

/** `null`: no document. */
function membersOf(value: unknown): object | null {
  if (typeof value !== 'object' || value === null) return null;
  if (isType(value, 'DBRef')) {
    const { collection, oid, db, fields } = value as Record<string, object>;
    return { $ref: collection, $id: oid, ...(db === undefined ? {} : { $db: db }), ...fields };
  }
  return Object.getPrototypeOf(value) === Object.prototype ? value : null;
}

function isType(value: unknown, name: string): boolean {
  return (value as { readonly _bsontype?: unknown } | undefined)?._bsontype === name;
}

function plainNumber(value: number): Plain {
  const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact && !Object.is(value, -0) ? value : { '~': `double ${Object.is(value, -0) ? '-0' : value}` };
}

function plainLong(value: bigint): Plain {
  return Number.isSafeInteger(Number(value)) ? Number(value) : { '~': `long ${value}` };
}
