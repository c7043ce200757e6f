import {
  faultOfAnyName,
  faultsOfValue,
  meaningOf,
  needsEscape,
  pointerStep,
  type Json,
  type JsonObject,
} from '@redis-mongo-sync/sync-core';
import type { Document } from 'mongodb';
import { scalarToJson, isDocument, membersOf } from './scalar-json.js';
import { wrappedValue } from './wrapped-values.js';

/** Thrown for JSON that stands for no BSON value. */
export class InvalidValueError extends Error {
  override readonly name = 'InvalidValueError';

  constructor(
    /** JSON pointer to what is wrong. */
    readonly field: string,
    /** What is wrong with it. */
    readonly fault: string,
  ) {
    super(`${field === '' ? 'the value' : field}: ${fault}`);
  }
}

/**
 * A BSON value as JSON: plain where that is exact, else in a canonical Extended JSON wrapper. A document that has a name
 * beginning with `$` goes into `{"$document": …}` (docs/values.md has the table).
 */
export function bsonToJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(bsonToJson);
  if (!isDocument(value)) return scalarToJson(value, bsonToJson);
  const members = Object.fromEntries(membersOf(value).map(([name, member]) => [name, bsonToJson(member)]));
  return needsEscape(members) ? { $document: members } : members;
}

/** The fields of a record as JSON. Their names are the record's own: they are not escaped. */
export function fieldsToJson(fields: Document): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, bsonToJson(value)]));
}

/**
 * The reverse of {@link bsonToJson}.
 *
 * @throws InvalidValueError
 */
export function jsonToBson(value: Json): unknown {
  return located(value, '');
}

/**
 * The reverse of {@link fieldsToJson}.
 *
 * @throws InvalidValueError
 */
export function fieldsFromJson(fields: JsonObject): Document {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, located(value, pointerStep(name))]),
  );
}

/**
 * The one form of a JSON value: what {@link bsonToJson} says of the value that it stands for.
 *
 * @throws InvalidValueError
 */
export function normalJson(value: Json): Json {
  return bsonToJson(jsonToBson(value));
}

/** Where a fault is, is looked for only when there is one. */
function located(value: Json, pointer: string): unknown {
  try {
    return toBson(value);
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    for (const { field, message } of faultsOfValue(value, pointer))
      throw new InvalidValueError(field, message);
    throw error;
  }
}

function toBson(value: Json): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(toBson);
  const object = value as JsonObject;
  const meaning = meaningOf(object);
  if (meaning.kind === 'fault') throw new InvalidValueError('', meaning.message);
  if (meaning.kind === 'value') return wrappedValue(meaning.wrapper, object, toBson);
  return Object.fromEntries(
    Object.entries(meaning.members).map(([name, member]) => [name, memberOf(name, member)]),
  );
}

function memberOf(name: string, member: Json): unknown {
  const fault = faultOfAnyName(name);
  if (fault !== undefined) throw new InvalidValueError('', fault);
  return toBson(member);
}
