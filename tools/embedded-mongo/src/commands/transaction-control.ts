import { commandError } from '../errors.js';
import type { Session } from '../session/session-table.js';
import type { Store } from '../store/store.js';
import type { Transaction } from '../store/transaction.js';
import type { Document } from '../values/index.js';

/** Commands that are sent as part of a transaction and end it. */
export const ENDS_TRANSACTION: ReadonlySet<string> = new Set(['commitTransaction', 'abortTransaction']);

/** A higher number ends what the session did under the lower one. */
export function advanceSession(session: Session, txnNumber: bigint): void {
  if (txnNumber < session.txnNumber) {
    throw commandError(
      225,
      `Cannot start transaction ${txnNumber} on session because a newer transaction ${session.txnNumber} has already started.`,
    );
  }
  if (txnNumber === session.txnNumber) return;
  session.transaction?.end('aborted');
  session.txnNumber = txnNumber;
  delete session.transaction;
  delete session.reply;
  delete session.outcome;
  delete session.pending;
}

/** The transaction a command belongs to, started by its first command. */
export function transactionFor(
  store: Store,
  session: Session,
  command: Document,
  txnNumber: bigint,
): Transaction {
  if (command.startTransaction === true) {
    if (txnNumber === session.txnNumber) {
      throw commandError(117, `Transaction ${txnNumber} has already been started on this session`);
    }
    advanceSession(session, txnNumber);
    session.transaction = store.startTransaction({ lsid: session.lsid, txnNumber });
    return session.transaction;
  }
  const { transaction } = session;
  if (txnNumber === session.txnNumber && session.outcome === 'committed') {
    throw commandError(256, `Transaction ${txnNumber} has been committed.`);
  }
  if (!transaction || txnNumber !== session.txnNumber || transaction.state !== 'active') {
    throw commandError(
      251,
      `Given transaction number ${txnNumber} does not match any in-progress transactions. The active transaction number is ${session.txnNumber}`,
    );
  }
  return transaction;
}
