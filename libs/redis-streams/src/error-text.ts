import { isError } from './is-error.js';

/** The message of whatever was thrown. */
export function errorText(error: unknown): string {
  return isError(error) ? error.message : String(error);
}
