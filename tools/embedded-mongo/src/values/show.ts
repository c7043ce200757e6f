import { EJSON } from 'bson';
import { typeName } from './type-name.js';

const MAX_SHOWN = 200;

/** A value as it appears in error messages. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = textOf(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

function textOf(value: unknown): string {
  try {
    return EJSON.stringify(value, { relaxed: true });
  } catch {
    // Values that js-bson has no form for: dates beyond its own, deprecated types.
    return `<${typeName(value)}>`;
  }
}
