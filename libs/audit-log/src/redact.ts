import type { Json, JsonObject } from './audit-entry.js';

export const REDACTED = '[redacted]';

const MAX_DEPTH = 64;

/** Blanks the values of fields with these (lower-case) names, at any depth, whatever the case of the field's name. */
export function redact(data: JsonObject, names: ReadonlySet<string>): JsonObject {
  return names.size === 0 ? data : redactObject(data, names, 0);
}

function redactObject(data: JsonObject, names: ReadonlySet<string>, depth: number): JsonObject {
  const entries = Object.entries(data).map(([name, value]): [string, Json] => [
    name,
    names.has(name.toLowerCase()) ? REDACTED : redactValue(value, names, depth + 1),
  ]);
  return Object.fromEntries(entries); // defines a field, even one that is called __proto__
}

function redactValue(value: Json, names: ReadonlySet<string>, depth: number): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return REDACTED; // too deep to be looked through: better hidden than leaked
  if (isArray(value)) return value.map((inner) => redactValue(inner, names, depth + 1));
  return redactObject(value, names, depth);
}

/** `Array.isArray` does not recognise readonly arrays as a type. */
function isArray(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
