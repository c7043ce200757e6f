import type { HttpProblem } from './http-problem.js';
import { PROBLEM_CATALOG } from './problem-catalog.js';

/** What is wrong with one part of a request. */
export interface FieldError {
  readonly in: 'body' | 'query' | 'path' | 'header';
  /** A JSON pointer (RFC 6901) into the body, or the name of the parameter or header. */
  readonly field: string;
  readonly message: string;
}

export interface ProblemDetails {
  /** What happened this time, as a sentence. Holds nothing secret and no more than a short piece of client input. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Response headers, e.g. `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the problem object, e.g. `version`. */
  readonly extensions?: Readonly<Record<string, string | number | null>>;
  readonly cause?: unknown;
}

/** An expected refusal or failure of a request: thrown anywhere, answered as `application/problem+json`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;

  constructor(
    readonly problem: HttpProblem,
    readonly details: ProblemDetails = {},
  ) {
    const { status, title } = PROBLEM_CATALOG[problem];
    super(details.detail ?? title, details.cause === undefined ? undefined : { cause: details.cause });
    this.status = status;
  }
}
