import type { ClientSession } from 'mongodb';

/** What the tests ask for and the driver does not publish. Its own test runner reaches for the same. */

interface Initialisable {
  cursorInit(): Promise<void>;
}

/** Sends the command that opens a cursor now, and not with the first read. */
export async function openCursor(cursor: unknown): Promise<void> {
  await (cursor as Initialisable).cursorInit();
}

export async function openChangeStream(stream: unknown): Promise<void> {
  await openCursor((stream as { cursor: unknown }).cursor);
}

/** e.g. `TRANSACTION_COMMITTED`. */
export function transactionState(session: ClientSession): string {
  return (session as unknown as { transaction: { state: string } }).transaction.state;
}
