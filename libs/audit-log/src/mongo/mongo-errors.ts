import { MongoError, MongoServerError } from 'mongodb';
import { AuditStoreUnavailableError } from '../errors.js';

const DUPLICATE_KEY = 11000;

export function isDuplicateKey(error: unknown): error is MongoServerError {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/**
 * The one place where the driver's errors become the log's. Nearly all of them pass with time or with an operator's help
 * (no primary, time-outs, write concern, credentials): the exceptions are commands that are wrong in themselves.
 */
export async function withMongoErrors<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof MongoError) || isOurMistake(error)) throw error;
    throw new AuditStoreUnavailableError('mongo', error.message, { cause: error });
  }
}

/** BadValue, FailedToParse, TypeMismatch, CommandNotFound, index conflicts, document too large. */
const OUR_MISTAKES: ReadonlySet<unknown> = new Set([2, 9, 14, 59, 85, 86, 10334, DUPLICATE_KEY]);

function isOurMistake(error: MongoError): boolean {
  return OUR_MISTAKES.has(error.code) || error.name === 'MongoInvalidArgumentError';
}
