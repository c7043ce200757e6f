import { HttpProblem, ProblemError, type FieldError } from '@redis-mongo-sync/service-kit';
import { isJsonObject, type ReconcileRequest } from '@redis-mongo-sync/sync-core';

export const MAX_SAMPLE = 10_000;
export const MAX_RATE = 1_000_000;

type Check = (value: unknown) => string | null;

const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value)
      ? null
      : `must be ${values.map((allowed) => JSON.stringify(allowed)).join(' or ')}`;
const wholeNumber =
  (min: number, max: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? null
      : `must be a whole number from ${min} to ${max}`;

/**
 * The body of `POST /reconcile`, checked, with its defaults: a look at a random sample that changes nothing.
 *
 * @throws ProblemError `InvalidBody` naming every member that is wrong
 */
export function parseReconcileRequest(
  body: unknown,
  defaults: Pick<ReconcileRequest, 'entity' | 'sample'>,
  entities: readonly string[],
): ReconcileRequest {
  const given = body ?? {};
  if (!isJsonObject(given)) throw invalid([{ in: 'body', field: '', message: 'must be an object' }]);
  const checks: Readonly<Record<keyof ReconcileRequest, Check>> = {
    entity: oneOf(...entities),
    mode: oneOf('sample', 'full'),
    sample: wholeNumber(1, MAX_SAMPLE),
    depth: oneOf('versions', 'content'),
    repair: oneOf(true, false),
    extra: oneOf('emit', 'remove'),
    rate: wholeNumber(0, MAX_RATE),
  };
  const errors = Object.entries(given).flatMap(([name, value]): FieldError[] => {
    const message = Object.hasOwn(checks, name)
      ? checks[name as keyof ReconcileRequest](value)
      : 'is not a member of this request';
    return message === null ? [] : [{ in: 'body', field: `/${name.slice(0, 100)}`, message }];
  });
  if (errors.length > 0) throw invalid(errors);
  return {
    mode: 'sample',
    depth: 'content',
    repair: false,
    extra: 'emit',
    rate: 0,
    ...defaults,
    ...(given as Partial<ReconcileRequest>),
  };
}

function invalid(errors: readonly FieldError[]): ProblemError {
  const detail = errors.map(({ field, message }) => `${field || 'the body'} ${message}`).join('; ');
  return new ProblemError(HttpProblem.InvalidBody, { detail: detail.slice(0, 500), errors });
}
