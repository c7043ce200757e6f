import { HttpProblem } from '../problems/http-problem.js';
import type { FieldError } from '../problems/problem-error.js';
import { refusal } from './faults.js';
import { readDto, withoutAbsent } from './read-dto.js';
import { dtoOptionsOf, type DtoClass } from './request-dto.js';

const PROBLEMS: Readonly<Record<FieldError['in'], HttpProblem>> = {
  body: HttpProblem.InvalidBody,
  query: HttpProblem.InvalidQuery,
  path: HttpProblem.InvalidId,
  header: HttpProblem.InvalidHeader,
};

/** Classes of which an empty request is a valid one; the common case of a query needs no look at it then. */
const VALID_WHEN_EMPTY = new WeakMap<DtoClass, boolean>();

/** @throws ProblemError of the class, or of the place, with every fault */
export function readRequest<T extends object>(Dto: DtoClass<T>, raw: unknown, place: FieldError['in']): T {
  const { problem = PROBLEMS[place], mayBeAbsent = false } = dtoOptionsOf(Dto) ?? {};
  const given = mayBeAbsent ? (raw ?? {}) : raw;
  const isEmpty = place !== 'body' && Object.keys(given as object).length === 0;
  if (isEmpty && VALID_WHEN_EMPTY.get(Dto)) return withoutAbsent(new Dto());
  const reading = readDto(Dto, given, { in: place });
  if ('errors' in reading) throw refusal(problem, reading.errors);
  if (isEmpty) VALID_WHEN_EMPTY.set(Dto, true);
  return reading.value;
}
