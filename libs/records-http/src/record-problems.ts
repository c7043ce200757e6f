import {
  fault,
  HttpProblem,
  invalidBody,
  ProblemError,
  RETRY_AFTER_SECONDS,
} from '@redis-mongo-sync/service-kit';
import {
  InvalidKeyError,
  StoreUnavailableError,
  versionOf,
  type EntityDefinition,
  type RecordState,
} from '@redis-mongo-sync/sync-core';
import { entityTag } from './entity-tags.js';
import { SYNC_POSITION_HEADER } from './record-answer.js';
import { termsOf } from './record-terms.js';

/** Makes problems of the errors of stores and record keys; services hand it to `createService`. */
export function recordProblem(error: unknown): ProblemError | undefined {
  if (error instanceof InvalidKeyError) return invalidKey(error);
  return error instanceof StoreUnavailableError ? storeUnavailable(error) : undefined;
}

function invalidKey(error: InvalidKeyError): ProblemError {
  return new ProblemError(HttpProblem.InvalidEmail, {
    detail: error.message,
    errors: [{ in: 'path', field: 'email', message: error.message }],
  });
}

function storeUnavailable(error: StoreUnavailableError): ProblemError {
  return new ProblemError(HttpProblem.StoreUnavailable, {
    detail: `${error.store} does not answer; a write may or may not have happened, and can be sent again`,
    headers: { 'retry-after': RETRY_AFTER_SECONDS },
    extensions: { store: error.store },
    cause: error,
  });
}

export function recordNotFound(entity: EntityDefinition, state: RecordState): ProblemError {
  const version = versionOf(state);
  return new ProblemError(termsOf(entity).notFound, {
    headers: { [SYNC_POSITION_HEADER]: String(version) },
    extensions: { version },
  });
}

export function preconditionFailed(state: RecordState): ProblemError {
  const version = state.state === 'live' ? state.record.version : 0;
  return new ProblemError(HttpProblem.PreconditionFailed, {
    detail: version === 0 ? 'there is no such record' : `the present version is ${version}`,
    ...(version === 0 ? {} : { headers: { etag: entityTag(version) } }),
    extensions: { version },
  });
}

/** Of an upsert that would create a record without the fields that every record has. */
export function fieldsRequired(entity: EntityDefinition): ProblemError {
  const message = `is required: there is no ${termsOf(entity).noun} with this ${entity.keyField} yet`;
  return invalidBody(entity.requiredOnCreate.map((field) => fault(`/${field}`, message)));
}
