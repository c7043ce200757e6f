import { PROBLEM_CATALOG } from './problem-catalog.js';
import type { HttpProblem } from './http-problem.js';
import { ProblemError, type FieldError } from './problem-error.js';

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

/** What a problem without particulars looks like, for the documentation. */
export function problemExample(problem: HttpProblem): ProblemBody {
  return problemBody(new ProblemError(problem), '3b241101-e2bb-4255-8caf-4136c566a962');
}
