import { HistoryLostError, StoreUnavailableError } from '@redis-mongo-sync/sync-core';
import { BSON, MongoBulkWriteError, MongoError, MongoServerError, type WriteError } from 'mongodb';

/** The one place where the driver's errors become the product's. Returns other errors as they are. */
export function translateMongoError(error: unknown): unknown {
  if (isSocketError(error)) return new StoreUnavailableError('mongo', error.message, { cause: error });
  if (!(error instanceof MongoError)) return error;
  if (hasCode(error, HISTORY_LOST_CODES)) return new HistoryLostError(error.message, { cause: error });
  if (isUnavailable(error)) return new StoreUnavailableError('mongo', error.message, { cause: error });
  return error;
}

/** Runs a step against Mongo with its errors translated. */
export async function withMongoErrors<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw translateMongoError(error);
  }
}

/** Whether a unique index refused the write; with `field`, the one on that field. */
export function isDuplicateKey(error: unknown, field?: string): boolean {
  if (!(error instanceof MongoServerError) || !hasCode(error, DUPLICATE_KEY_CODES)) return false;
  const pattern = patternIn(error.keyPattern);
  return field === undefined || pattern === undefined || Object.hasOwn(pattern, field);
}

/** Of a command that asked for raw documents the error has bytes, too. */
function patternIn(pattern: unknown): Readonly<Record<string, unknown>> | undefined {
  if (pattern instanceof Uint8Array) return BSON.deserialize(pattern);
  return pattern as Readonly<Record<string, unknown>> | undefined;
}

/** Whether the unique index on this field, or that on `_id`, refused one operation of a bulk. */
export function isKeyConflict(error: WriteError, field: string): boolean {
  if (!DUPLICATE_KEY_CODES.has(error.code)) return false;
  const raw = error.toJSON() as { keyPattern?: Record<string, unknown> };
  const pattern = raw.keyPattern ?? (error.err as { keyPattern?: Record<string, unknown> }).keyPattern;
  if (pattern === undefined) return (error.errmsg ?? '').includes(field);
  return Object.hasOwn(pattern, field) || Object.hasOwn(pattern, '_id');
}

const DUPLICATE_KEY_CODES: ReadonlySet<number> = new Set([11000, 11001]);

/** ChangeStreamHistoryLost, InvalidResumeToken, ChangeStreamFatalError. */
const HISTORY_LOST_CODES: ReadonlySet<number> = new Set([286, 280, 260]);

/**
 * Answers after which the same command can succeed later: not primary, shutting down, stepping down, time-outs – and
 * refused credentials (13, 18), which a person has to mend: what waits for that is not the records' fault.
 */
const UNAVAILABLE_CODES: ReadonlySet<number> = new Set([
  6, 7, 13, 18, 43, 50, 63, 64, 89, 91, 133, 134, 189, 234, 237, 262, 9001, 10107, 11600, 11601, 11602, 13435,
  13436, 14031,
]);

const UNAVAILABLE_NAMES: ReadonlySet<string> = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoTopologyClosedError',
  'MongoNotConnectedError',
  'MongoExpiredSessionError',
  'MongoPoolClosedError',
  'MongoPoolClearedError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
  'MongoClientClosedError',
  'PoolClearedOnNetworkError',
]);

/** A connection that is reset while the driver writes to it fails with the socket's own error, unwrapped. */
function isSocketError(error: unknown): error is NodeJS.ErrnoException {
  if (typeof error !== 'object' || error === null || !('syscall' in error)) return false;
  return typeof error.syscall === 'string' && SOCKET_CALLS.has(error.syscall);
}

const SOCKET_CALLS: ReadonlySet<string> = new Set(['read', 'write', 'connect', 'getaddrinfo', 'shutdown']);

function isUnavailable(error: MongoError): boolean {
  return (
    isWrappedDriverError(error) ||
    UNAVAILABLE_NAMES.has(error.name) ||
    hasCode(error, UNAVAILABLE_CODES) ||
    error.hasErrorLabel('RetryableWriteError') ||
    error.hasErrorLabel('ResumableChangeStreamError') ||
    error.hasErrorLabel('TransientTransactionError')
  );
}

/**
 * The driver wraps whatever ends a bulk write – a lost connection, no server to be found – and keeps neither its name
 * nor its labels. What the server itself said has a numeric code.
 */
function isWrappedDriverError(error: MongoError): boolean {
  return error instanceof MongoBulkWriteError && typeof error.code !== 'number';
}

function hasCode(error: unknown, codes: ReadonlySet<number>): boolean {
  return error instanceof MongoServerError && typeof error.code === 'number' && codes.has(error.code);
}
