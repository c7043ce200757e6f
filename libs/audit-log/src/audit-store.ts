import type { AppendOutcome, AuditEntry } from './audit-entry.js';
import type { AuditCount } from './audit-log.js';

/** A checked entry on its way to the store. `data` is the JSON text that is stored and hashed, byte for byte. */
export interface PendingEntry extends Omit<AuditEntry, 'occurredAt' | 'data'> {
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly data: string;
}

export interface StoredEntry extends PendingEntry {
  readonly sequence: number;
  readonly recordedAt: number;
  readonly hash: string;
}

/** The end of the log, which the next entry is chained to. */
export type Head = Pick<StoredEntry, 'sequence' | 'recordedAt' | 'hash'>;

export interface StoreFilter {
  readonly entity?: string;
  readonly entityId?: string;
  readonly type?: string;
  readonly stream?: string;
  /** `occurredAt`, epoch milliseconds: from inclusive, to exclusive. */
  readonly from?: number;
  readonly to?: number;
  /** `sequence`, exclusive on both sides. */
  readonly after?: number;
  readonly before?: number;
}

export interface StorePage extends StoreFilter {
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

/** Numbers and hashes entries behind a head, in their order. */
export type Sealer = (head: Head | undefined, entries: readonly PendingEntry[]) => readonly StoredEntry[];

/**
 * Where a log lives. The order of the log rests on one promise:
 *
 *     Sequences are dense, and n becomes visible only when n − 1 is visible.
 *
 * Then "everything after n, by sequence" is all a reader needs in order to follow: whatever comes later has a higher
 * sequence, so nothing can be skipped.
 *
 * The wrong design that this replaces: a sequence from the store's counter (`bigserial`, `$inc`), taken when the
 * transaction starts. Transaction 7 commits before 6; a reader sees 7, remembers it, and never sees 6. A watermark
 * ("read only what is older than the oldest running transaction") mends that, but one forgotten transaction then stops
 * every reader, and MongoDB has no such watermark to ask for.
 *
 * Instead the place of an entry is decided when it becomes visible:
 * - PostgreSQL: appenders take turns by an advisory lock which is held until the commit is visible;
 * - MongoDB: an entry's place is its `_id`, head + 1. The later writer is refused by the unique index, reads
 *   the new head and tries again: compare-and-set on the end of the log, without lock, lease or transaction, so a
 *   paused writer holds no other up and a late command from a dead one cannot come in at a wrong place.
 *
 * A total order costs that appends do not run in parallel. Batches make up for it: one turn records up to 1,000.
 * It also makes a hash chain free, as each entry knows the one before.
 *
 * The newest entry is never removed, as it is the memory of the head.
 */
export interface AuditStore {
  prepare(): Promise<void>;
  /**
   * Records those of the entries that are not there yet, in order, durably; both kinds of outcome are durable when it
   * resolves. (stream, eventId) is unique within `entries`. When it fails, a prefix may have been recorded.
   */
  append(entries: readonly PendingEntry[], seal: Sealer): Promise<readonly AppendOutcome[]>;
  head(): Promise<Head | undefined>;
  /** What is durable, by sequence. */
  page(page: StorePage): Promise<readonly StoredEntry[]>;
  counts(): Promise<readonly AuditCount[]>;
  /** Removes entries with sequences from `from` to `to`, both inclusive; resolves to how many. */
  remove(from: number, to: number): Promise<number>;
  close(): Promise<void>;
}
