import { InvalidKeyError, type EntityDefinition, type KeyType } from './entity.js';
import { isJsonObject, type Json } from './json.js';

/*
 * A record key is a typed value in Mongo and a text everywhere else. Within an entity all keys are of one type, and two
 * keys have the same text exactly when Mongo's unique index takes them for equal:
 *
 *   string    the string itself
 *   number    its shortest decimal form; integers beyond 2^53 with all their digits
 *   objectId  24 lower-case hex digits
 *   uuid      lower-case, with hyphens
 */

/** Characters of a record key's text. */
export const MAX_KEY_LENGTH = 512;

/**
 * Why a document is not synced:
 * - `missing-key`: it has no record key, or an empty one;
 * - `wrong-key-type`: its key is not of the entity's type (a list, an object …);
 * - `invalid-key`: it is none that a record could have (no e-mail address, too long …);
 * - `key-not-normal`: it is one, written otherwise than in its normal form (`CaSe@x.org `);
 * - `unreadable`: the document holds something that cannot be read.
 */
export const UNSYNCABLE_REASONS = [
  'missing-key',
  'wrong-key-type',
  'invalid-key',
  'key-not-normal',
  'unreadable',
] as const;
export type UnsyncableReason = (typeof UNSYNCABLE_REASONS)[number];

export type KeyOfDocument =
  { readonly key: string } | { readonly reason: Exclude<UnsyncableReason, 'unreadable'> };

/** The record key of a document, by the JSON form of the value in its key field (absent: it has none). */
export function keyOfValue(entity: EntityDefinition, value: Json | undefined): KeyOfDocument {
  if (value === undefined || value === null || value === '') return { reason: 'missing-key' };
  const text = keyText(entity, value);
  if (text === null) return { reason: 'wrong-key-type' };
  try {
    const key = entity.normalizeKey(text);
    if (key.length > MAX_KEY_LENGTH) return { reason: 'invalid-key' };
    return key === text ? { key } : { reason: 'key-not-normal' };
  } catch (error) {
    if (error instanceof InvalidKeyError) return { reason: 'invalid-key' };
    throw error;
  }
}

/** The text of a value that may be a record key; `null`: it is of another type. */
export function keyText({ keyType = 'string' }: EntityDefinition, value: Json): string | null {
  return TEXT_OF[keyType](value);
}

/** The value of a record key, in JSON form: what stands in the key field. */
export function keyValue({ keyType = 'string' }: EntityDefinition, key: string): Json {
  switch (keyType) {
    case 'string':
      return key;
    case 'number':
      return WHOLE.test(key) && !Number.isSafeInteger(Number(key)) ? { $numberLong: key } : Number(key);
    case 'objectId':
      return { $oid: key };
    case 'uuid':
      return { $uuid: key };
  }
}

const WHOLE = /^-?\d{1,19}$/;
/** Neither infinite nor NaN. */
const DOUBLE = /^-?\d/;
const OBJECT_ID = /^[\da-f]{24}$/;
const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/;

/** `null`: the value is of another type. */
const TEXT_OF: Readonly<Record<KeyType, (value: Json) => string | null>> = {
  string: (value) => (typeof value === 'string' ? value : null),
  number: (value) => {
    if (typeof value === 'number') return numberText(value);
    const double = member(value, '$numberDouble', DOUBLE);
    return double === null ? member(value, '$numberLong', WHOLE) : numberText(Number(double));
  },
  objectId: (value) => member(value, '$oid', OBJECT_ID),
  uuid: (value) => member(value, '$uuid', UUID),
};

/** A double beyond 2^53 may equal a long, and then is the same key. */
function numberText(value: number): string {
  if (value === 0) return '0'; // also −0
  const isLong = Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 2 ** 63;
  return isLong ? BigInt(value).toString() : String(value);
}

function member(value: Json, name: string, form: RegExp): string | null {
  if (!isJsonObject(value)) return null;
  const text = value[name];
  return Object.keys(value).length === 1 && typeof text === 'string' && form.test(text) ? text : null;
}
