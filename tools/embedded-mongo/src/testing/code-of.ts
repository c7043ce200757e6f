import { CommandError } from '../errors.js';

/** The code an action is refused with; undefined if it is not. */
export function codeOf(action: () => unknown): number | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof CommandError) return error.code;
    throw error;
  }
}
