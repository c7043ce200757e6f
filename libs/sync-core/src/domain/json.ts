/** A JSON value, as it travels between the two stores. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [field: string]: Json;
}

/**
 * The one text form of a JSON value: object keys sorted by code unit at every level, no white space.
 * Two values are equal exactly when their canonical texts are, so a store can compare contents without
 * parsing them (the Redis scripts do).
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((field) => `${JSON.stringify(field)}:${canonicalJson(value[field] ?? null)}`);
  return `{${members.join(',')}}`;
}

/** Whether a parsed value is a JSON object (and not an array or null). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A shallow copy that keeps the fields `keep` accepts. Built with `defineProperty` semantics, so that a
 * field called `__proto__` stays a plain field.
 */
export function pickFields(fields: JsonObject, keep: (field: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => keep(field)));
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);
