import { SYSTEM_FIELDS, type EntityDefinition } from './entity.js';
import type { Json, JsonObject } from './json.js';

/** What is wrong with one member of a profile. */
export interface ProfileFault {
  /** JSON pointer (RFC 6901) into the profile. */
  readonly field: string;
  readonly message: string;
}

export const MAX_PROFILE_FIELDS = 1000;

/** Names that could reach the prototype of an object that is built from the fields. */
const PROTOTYPE_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** More than a client can use; the rest is found when these are mended. */
const MAX_ERRORS = 20;
const MAX_POINTER_LENGTH = 200;

/** A lone surrogate is no character: no UTF-8 text, and so neither store, can hold it. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/**
 * Checks what a client wants to store in a record, beyond the fields that have rules of their own. Pure. Names that
 * mean something to MongoDB or to JavaScript are refused at every level; names that the product keeps for itself, at
 * the top level. The fields must be parsed JSON, no deeper than a request body may be.
 */
export function validateProfile(entity: EntityDefinition, fields: JsonObject): ProfileFault[] {
  const faults = new Faults();
  const names = Object.keys(fields);
  if (names.length > MAX_PROFILE_FIELDS) faults.add('', `at most ${MAX_PROFILE_FIELDS} fields are allowed`);
  const reserved = reservedNames(entity);
  for (const name of names) {
    if (reserved.has(name)) faults.add(`/${escapePointer(name)}`, 'this name is reserved');
  }
  checkObject(fields, '', faults);
  return faults.list;
}

/** Top-level names that no client may write: the sync's own, those that only Mongo's owner writes, and secrets. */
function reservedNames({ ownedFields, secretFields }: EntityDefinition): ReadonlySet<string> {
  return new Set(['id', ...SYSTEM_FIELDS, ...ownedFields, ...secretFields]);
}

class Faults {
  readonly list: ProfileFault[] = [];

  add(field: string, message: string): void {
    if (this.list.length < MAX_ERRORS) {
      this.list.push({ field: field.slice(0, MAX_POINTER_LENGTH), message });
    }
  }
}

function checkObject(value: JsonObject, path: string, faults: Faults): void {
  for (const [name, member] of Object.entries(value)) {
    const pointer = `${path}/${escapePointer(name)}`;
    const fault = faultOfName(name);
    if (fault) faults.add(pointer, fault);
    checkValue(member, pointer, faults);
  }
}

function checkValue(value: Json, path: string, faults: Faults): void {
  if (typeof value === 'string') {
    if (UNSTORABLE.test(value)) faults.add(path, 'must not hold NUL or half of a surrogate pair');
  } else if (typeof value === 'number') {
    const fault = faultOfNumber(value);
    if (fault) faults.add(path, fault);
  } else if (Array.isArray(value)) {
    for (const [index, item] of (value as readonly Json[]).entries()) {
      checkValue(item, `${path}/${index}`, faults);
    }
  } else if (typeof value === 'object' && value !== null) checkObject(value as JsonObject, path, faults);
}

function faultOfName(name: string): string | undefined {
  if (name === '') return 'a name must not be empty';
  if (name.startsWith('$')) return 'a name must not start with $';
  if (name.includes('.')) return 'a name must not contain a dot';
  if (UNSTORABLE.test(name)) return 'a name must not hold NUL or half of a surrogate pair';
  return PROTOTYPE_NAMES.has(name) ? 'this name is not allowed' : undefined;
}

function faultOfNumber(value: number): string | undefined {
  if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) return undefined;
  return 'is too large to be kept exactly (integers up to 2^53-1); send it as a string';
}

/** One step of a JSON pointer. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
