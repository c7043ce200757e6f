import { CommandError } from '../errors.js';
import type { Document } from '../values/index.js';
import type { CommandContext } from './context.js';

const WRITE_CONFLICT = 112;

/**
 * Runs the statements of a write command one by one. What one of them may not do is reported in the reply;
 * an ordered batch ends there. In a transaction the first error is the end of it.
 */
export function runBatch<T>(
  ctx: CommandContext,
  statements: readonly T[],
  run: (statement: T, index: number) => void,
): { writeErrors?: Document[] } {
  const writeErrors: Document[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (ctx.transaction && error.code === WRITE_CONFLICT) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.extra });
      if (ctx.transaction || ctx.command.ordered !== false) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}
