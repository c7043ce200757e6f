import {
  AuditInputError,
  AuditLogClosedError,
  AuditStoreUnavailableError,
} from '@redis-mongo-sync/audit-log';
import { HttpProblem, ProblemError, RETRY_AFTER_SECONDS } from '@redis-mongo-sync/service-kit';

/** Runs a step against the audit log with its errors translated to problems. */
export async function withAuditErrors<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw auditProblem(error);
  }
}

function auditProblem(error: unknown): unknown {
  if (error instanceof AuditInputError) {
    const errors = error.faults.map(({ path, message }) => ({ in: 'query', field: path, message }) as const);
    const detail = errors.map(({ field, message }) => `${field} ${message}`).join('; ');
    return new ProblemError(HttpProblem.InvalidQuery, { detail: detail.slice(0, 500), errors });
  }
  const closed = error instanceof AuditLogClosedError;
  if (!closed && !(error instanceof AuditStoreUnavailableError)) return error;
  return new ProblemError(HttpProblem.StoreUnavailable, {
    detail: "the audit log's store does not answer; events are taken in and recorded later",
    headers: { 'retry-after': RETRY_AFTER_SECONDS },
    extensions: { store: closed ? 'audit-log' : error.store },
    cause: error,
  });
}
