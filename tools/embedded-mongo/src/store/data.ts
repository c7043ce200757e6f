import { Catalog } from './catalog.js';
import { Locks } from './locks.js';
import { SnapshotHistory } from './snapshot-history.js';
import type { Transaction } from './transaction.js';

/** The collections, and what open transactions need to be kept apart from each other and from plain writes. */
export class Data {
  readonly catalog = new Catalog();
  readonly locks = new Locks();
  readonly history = new SnapshotHistory();
  readonly transactions = new Set<Transaction>();
}
