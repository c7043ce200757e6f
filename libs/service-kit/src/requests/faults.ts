import { HttpProblem } from '../problems/http-problem.js';
import { ProblemError, type FieldError } from '../problems/problem-error.js';

/** More than a client can use; the rest is found when these are mended. */
const MAX_FAULTS = 50;
const MAX_FIELD_LENGTH = 200;
const MAX_DETAIL_LENGTH = 500;

/** What is wrong with a part of a request, bounded. */
export class Faults {
  readonly list: FieldError[] = [];

  constructor(private readonly place: FieldError['in']) {}

  get full(): boolean {
    return this.list.length >= MAX_FAULTS;
  }

  add(field: string, message: string): void {
    if (this.full) return;
    this.list.push({ in: this.place, field: field.slice(0, MAX_FIELD_LENGTH), message });
  }

  has(field: string): boolean {
    return this.list.some((fault) => fault.field === field);
  }
}

/** The problem of a request with these faults. @param errors at least one */
export function refusal(problem: HttpProblem, errors: readonly FieldError[]): ProblemError {
  const detail = errors.map(({ field, message }) => `${field || 'the body'} ${message}`).join('; ');
  return new ProblemError(problem, { detail: detail.slice(0, MAX_DETAIL_LENGTH), errors });
}

/** The problem of a body with these faults. @param errors at least one */
export function invalidBody(errors: readonly FieldError[]): ProblemError {
  return refusal(HttpProblem.InvalidBody, errors);
}

/** A fault of a body. @param field a JSON pointer */
export function fault(field: string, message: string): FieldError {
  return { in: 'body', field, message };
}
