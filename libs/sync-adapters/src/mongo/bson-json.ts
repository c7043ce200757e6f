import type { Json, JsonObject } from '@redis-mongo-sync/sync-core';
import { BSON } from 'mongodb';

/**
 * A BSON value as JSON. Strings, booleans, nulls and safe numbers stay what they are; everything JSON has no
 * word for (dates, ObjectIds, decimals, long integers, NaN) takes its relaxed Extended JSON form, e.g.
 * `{"$date": "2026-01-01T00:00:00Z"}`, so that it comes back as what it was.
 */
export function bsonToJson(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : extended(value);
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(bsonToJson);
      return isPlain(value) ? plainToJson(value) : extended(value);
    case 'undefined':
      return null;
    default:
      return extended(value);
  }
}

/** The reverse of {@link bsonToJson}: Extended JSON forms become BSON values again. */
export function jsonToBson(value: Json): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(jsonToBson);
  const object = value as JsonObject;
  if (Object.keys(object).some((name) => name.startsWith('$'))) {
    return BSON.EJSON.deserialize(object, { relaxed: true });
  }
  return Object.fromEntries(Object.entries(object).map(([name, member]) => [name, jsonToBson(member)]));
}

function plainToJson(document: object): JsonObject {
  return Object.fromEntries(Object.entries(document).map(([name, member]) => [name, bsonToJson(member)]));
}

function extended(value: unknown): Json {
  const { wrapped } = BSON.EJSON.serialize({ wrapped: value }, { relaxed: true }) as { wrapped: Json };
  return wrapped;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
