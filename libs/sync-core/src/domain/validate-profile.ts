import { SYSTEM_FIELDS, type EntityDefinition } from './entity.js';
import type { JsonObject } from './json.js';
import { isPlainNumber } from './typed-value.js';
import {
  faultOfAnyName,
  faultsOfValue,
  pointerStep,
  type ValueFault,
  type ValueRules,
} from './value-faults.js';

/** What is wrong with one member of a profile. */
export type ProfileFault = ValueFault;

export const MAX_PROFILE_FIELDS = 1000;

/** Names that could reach the prototype of an object that is built from the fields. */
const PROTOTYPE_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** More than a client can use; the rest is found when these are mended. */
const MAX_ERRORS = 20;
const MAX_POINTER_LENGTH = 200;

/** A lone surrogate is no character: no UTF-8 text, and so neither store, can hold it. */
const NO_CHARACTER = /\p{Surrogate}/u;
const HALF = 'must not hold half of a surrogate pair';

/**
 * Checks what a client wants to store in a record, beyond the fields that have rules of their own. Pure. Typed values
 * are written as they are shown (`docs/values.md`). Names that mean something to MongoDB's drivers or to JavaScript are
 * refused at every level; names that the product keeps for itself, and those that MongoDB would read as a path or an
 * operator, at the top level. The fields must be parsed JSON, no deeper than a request body may be.
 */
export function validateProfile(entity: EntityDefinition, fields: JsonObject): ProfileFault[] {
  const found: ProfileFault[] = [];
  for (const { field, message } of faultsOfFields(entity, fields)) {
    found.push({ field: field.slice(0, MAX_POINTER_LENGTH), message });
    if (found.length === MAX_ERRORS) break;
  }
  return found;
}

function* faultsOfFields(entity: EntityDefinition, fields: JsonObject): Generator<ProfileFault> {
  const names = Object.keys(fields);
  if (names.length > MAX_PROFILE_FIELDS) {
    yield { field: '', message: `at most ${MAX_PROFILE_FIELDS} fields are allowed` };
  }
  const reserved = reservedNames(entity);
  for (const [name, value] of Object.entries(fields)) {
    const message = reserved.has(name) ? 'this name is reserved' : faultOfFieldName(name);
    if (message) yield { field: pointerStep(name), message };
    yield* faultsOfValue(value, pointerStep(name), CLIENT_RULES);
  }
}

/** Top-level names that no client may write: the sync's own, those that only Mongo's owner writes, and secrets. */
function reservedNames({ ownedFields, secretFields }: EntityDefinition): ReadonlySet<string> {
  return new Set(['id', ...SYSTEM_FIELDS, ...ownedFields, ...secretFields]);
}

const CLIENT_RULES: ValueRules = {
  name: faultOfName,
  text: (value) => (NO_CHARACTER.test(value) ? HALF : undefined),
  number: faultOfNumber,
};

/** A field's name is a path to MongoDB. */
function faultOfFieldName(name: string): string | undefined {
  if (name === '') return 'a name must not be empty';
  if (name.startsWith('$')) return 'the name of a field must not start with $';
  if (name.includes('.')) return 'the name of a field must not contain a dot';
  return faultOfAnyName(name) ?? faultOfName(name);
}

function faultOfName(name: string): string | undefined {
  if (NO_CHARACTER.test(name)) return `a name ${HALF}`;
  return PROTOTYPE_NAMES.has(name) ? 'this name is not allowed' : undefined;
}

function faultOfNumber(value: number): string | undefined {
  if (value === 0 || isPlainNumber(value)) return undefined;
  return 'is too large to be kept exactly (integers up to 2^53-1); send {"$numberLong": …} or {"$numberDouble": …}';
}
