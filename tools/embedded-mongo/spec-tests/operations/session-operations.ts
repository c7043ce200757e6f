import type { ClientSession } from 'mongodb';
import type { Fields } from '../fields.js';
import type { Operation } from '../test-file.js';

/** Runs the operations of a transaction's callback; rejects where one of them does. */
export type RunCallback = (operations: Operation[]) => Promise<void>;
type SessionOperation = (session: ClientSession, args: Fields, run: RunCallback) => Promise<unknown>;

export const SESSION_OPERATIONS: Record<string, SessionOperation> = {
  startTransaction: (session, options) => {
    session.startTransaction(options);
    return Promise.resolve();
  },
  commitTransaction: (session, options) => session.commitTransaction(options),
  abortTransaction: (session, options) => session.abortTransaction(options),
  endSession: (session) => session.endSession(),
  withTransaction: (session, { callback, ...options }, run) =>
    session.withTransaction(() => run(callback as Operation[]), options),
};
