import { asNumeric, toDouble } from './numbers.js';

/** What counts as true where a condition is asked for: all but false, zero, null and missing. */
export function isTruthy(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  const numeric = asNumeric(value);
  return numeric === undefined || toDouble(numeric) !== 0;
}
