import { CommandError, commandError } from '../errors.js';
import type { CommandFailure } from '../failpoint/fail-points.js';
import type { Document } from '../values/index.js';
import type { Reply } from '../wire/reply.js';

/** What decides about the labels of an error. */
export interface ErrorSituation {
  /** The command writes and came with a number for repetitions, or ends a transaction. */
  repeatable: boolean;
  /** It is part of a transaction but does not end it. */
  inTransaction: boolean;
  /** It commits or aborts a transaction. */
  endsTransaction: boolean;
  changeStream: boolean;
}

/** Drivers repeat a write once after these. */
export const RETRYABLE = new Set([6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
const RESUMABLE = new Set([
  6, 7, 63, 89, 91, 133, 150, 189, 234, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436,
]);
/** The whole transaction may be tried again. */
const TRANSIENT = new Set([24, 112, 246, 251, 267]);
const TRANSIENT_WITHIN = new Set([...TRANSIENT, ...RETRYABLE]);

export function errorReply(error: CommandError, situation: ErrorSituation): Reply {
  const labels = error.errorLabels ?? labelsOf(error.code, situation);
  return {
    fields: {
      ok: 0,
      errmsg: error.message,
      code: error.code,
      codeName: error.codeName,
      ...error.extra,
      ...(labels.length > 0 && { errorLabels: labels }),
    },
  };
}

function labelsOf(
  code: number,
  { repeatable, inTransaction, endsTransaction, changeStream }: ErrorSituation,
): string[] {
  const labels: string[] = [];
  if ((inTransaction && TRANSIENT_WITHIN.has(code)) || (endsTransaction && TRANSIENT.has(code))) {
    labels.push('TransientTransactionError');
  }
  if (repeatable && RETRYABLE.has(code)) labels.push('RetryableWriteError');
  if (changeStream && RESUMABLE.has(code)) labels.push('ResumableChangeStreamError');
  return labels;
}

/** The error a fail point asks for. Only the labels it names are given when it names any. */
export function injectedError(failure: CommandFailure & { errorCode: number }): CommandError {
  const error = commandError(failure.errorCode, `Failing command via '${failure.point}' failpoint`);
  if (failure.errorLabels) error.errorLabels = failure.errorLabels;
  return error;
}

/** The reply says that the write happened, but not as safely as asked for. */
export function withWriteConcernError(reply: Reply, concern: Document, labels: readonly string[]): Reply {
  return {
    ...reply,
    fields: {
      ...reply.fields,
      writeConcernError: concern,
      ...(labels.length > 0 && { errorLabels: labels }),
    },
  };
}

/** What was thrown as an error of the protocol. Anything else is a fault of this server. */
export function asCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return commandError(1, `internal error of the embedded server: ${message}`);
}
