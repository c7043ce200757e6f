import { MongoBulkWriteError, MongoError, MongoOperationTimeoutError, MongoServerError } from 'mongodb';
import type { Matcher } from './matcher.js';
import { Mismatch } from './outcome.js';
import { bulkCounts } from './result-shape.js';
import type { ExpectedError } from './test-file.js';

/** Throws {@link Mismatch} unless the error is what the test expects. */
export function assertExpectedError(expected: ExpectedError, error: unknown, matcher: Matcher): void {
  if (!(error instanceof Error)) throw new Mismatch('something else than an error was thrown');
  assertOrigin(expected, error);
  assertMessage(expected, error);
  assertCode(expected, error);
  assertLabels(expected, error);
  if (expected.expectResult !== undefined) {
    matcher.assertMatch(expected.expectResult, partialResult(error), { path: 'result', root: true });
  }
  if (expected.errorResponse !== undefined) {
    const response: unknown = error instanceof MongoServerError ? error.errorResponse : undefined;
    matcher.assertMatch(expected.errorResponse, response, { path: 'errorResponse', root: true });
  }
}

function assertOrigin({ isClientError, isTimeoutError }: ExpectedError, error: Error): void {
  const fromServer = error instanceof MongoServerError && error.code !== undefined;
  if (isClientError !== undefined && isClientError === fromServer) {
    throw new Mismatch(`expected ${fromServer ? 'a client' : 'a server'} error, got ${error.message}`);
  }
  if (isTimeoutError !== undefined && error instanceof MongoOperationTimeoutError !== isTimeoutError) {
    throw new Mismatch(`timeout error: expected ${String(isTimeoutError)}, got ${error.message}`);
  }
}

function assertMessage({ errorContains }: ExpectedError, { message }: Error): void {
  if (errorContains !== undefined && !message.toLowerCase().includes(errorContains.toLowerCase())) {
    throw new Mismatch(`expected an error with "${errorContains}", got ${message}`);
  }
}

function assertCode({ errorCode, errorCodeName }: ExpectedError, error: Error): void {
  const { code, codeName, message } = error as Partial<MongoServerError> & Error;
  if (errorCode !== undefined && code !== errorCode) {
    throw new Mismatch(`expected error ${errorCode}, got ${String(code)} ${message}`);
  }
  if (errorCodeName !== undefined && codeName !== errorCodeName) {
    throw new Mismatch(`expected error ${errorCodeName}, got ${String(codeName)} ${message}`);
  }
}

function assertLabels({ errorLabelsContain = [], errorLabelsOmit = [] }: ExpectedError, error: Error): void {
  const has = (label: string) => error instanceof MongoError && error.hasErrorLabel(label);
  const missing = errorLabelsContain.filter((label) => !has(label));
  if (missing.length > 0) throw new Mismatch(`label ${missing.join()} is missing: ${error.message}`);
  const unwanted = errorLabelsOmit.filter(has);
  if (unwanted.length > 0) throw new Mismatch(`label ${unwanted.join()} is present: ${error.message}`);
}

function partialResult(error: Error): unknown {
  return error instanceof MongoBulkWriteError ? bulkCounts(error.result) : undefined;
}
