import { HttpProblem } from '../problems/http-problem.js';
import { ProblemError } from '../problems/problem-error.js';

const MAX_KEY_LENGTH = 512;
const PRINTABLE = /^\P{Cc}+$/u;

/** The opaque form in which clients get the last key of a page. */
export function encodeCursor(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

/** @throws ProblemError `InvalidQuery` when the cursor is not one that {@link encodeCursor} made */
export function decodeCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (encodeCursor(key) === cursor && key.length <= MAX_KEY_LENGTH && PRINTABLE.test(key)) return key;
  const message = 'must be the nextCursor of a page';
  throw new ProblemError(HttpProblem.InvalidQuery, {
    detail: `cursor ${message}`,
    errors: [{ in: 'query', field: 'cursor', message }],
  });
}
