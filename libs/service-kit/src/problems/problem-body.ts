import { PROBLEM_CATALOG } from './problem-catalog.js';
import type { FieldError, ProblemError } from './problem-error.js';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** RFC 9457. `errors` and the extensions are there when the occurrence has them. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly number: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
}

export function problemBody(error: ProblemError, requestId: string): ProblemBody {
  const { status, code, title } = PROBLEM_CATALOG[error.problem];
  const { errors, extensions } = error.details;
  return {
    type: `urn:redis-mongo-sync:problem:${code}`,
    title,
    status,
    detail: error.message,
    code,
    number: error.problem,
    ...extensions,
    ...(errors === undefined ? {} : { errors }),
    requestId,
  };
}
