import { EJSON } from 'bson';

const MAX_SHOWN = 200;

/** A value as it appears in error messages. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = EJSON.stringify(value, { relaxed: true });
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}
