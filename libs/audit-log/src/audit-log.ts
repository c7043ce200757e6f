import type { AppendOutcome, AuditEntry, RecordedEntry } from './audit-entry.js';

/** All that are given must hold. Texts are compared exactly. */
export interface AuditFilter {
  readonly entity?: string;
  readonly entityId?: string;
  readonly type?: string;
  readonly stream?: string;
  /** `occurredAt` at or after this: epoch milliseconds or ISO 8601. */
  readonly from?: number | string;
  /** `occurredAt` before this. */
  readonly to?: number | string;
}

export interface AuditQuery extends AuditFilter {
  /** By sequence; default `desc`: the newest first. */
  readonly order?: 'asc' | 'desc';
  /** 1–500, default 100. */
  readonly limit?: number;
  /** `nextCursor` of a page of the same query. Stays valid whatever is recorded or removed. */
  readonly cursor?: string;
}

export interface AuditPage {
  readonly entries: readonly RecordedEntry[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

export interface AuditCount {
  readonly stream: string;
  readonly type: string;
  readonly count: number;
}

export interface AuditStats {
  readonly total: number;
  /** By stream, then type. */
  readonly counts: readonly AuditCount[];
  /** Undefined when nothing was ever recorded. */
  readonly first?: Pick<RecordedEntry, 'sequence' | 'recordedAt'>;
  /** Keep this one's sequence and hash elsewhere to notice later that entries at the end were removed or rewritten. */
  readonly last?: Pick<RecordedEntry, 'sequence' | 'recordedAt' | 'hash'>;
}

export interface RetentionRequest {
  /** Entries recorded before this go: epoch milliseconds or ISO 8601. The newest entry of the log always stays. */
  readonly olderThan: number | string;
  /** Entries per step, 1–10,000; default 1,000. */
  readonly chunk?: number;
  readonly signal?: AbortSignal;
}

export type Verification =
  | {
      readonly outcome: 'intact';
      /** How many entries were checked. */
      readonly checked: number;
      /** The entry whose hash was taken on trust because the one before it is gone; undefined when none was. */
      readonly anchor?: number;
    }
  | {
      readonly outcome: 'broken';
      readonly checked: number;
      /** The first entry that does not fit. */
      readonly sequence: number;
      readonly reason: 'hash' | 'missing-before';
    };

export interface VerifyRange {
  /** Sequences, both inclusive; by default everything. */
  readonly from?: number;
  readonly to?: number;
  readonly signal?: AbortSignal;
}

/**
 * A durable, ordered, append-only log of events. Any number of processes may use the same one at the same time.
 *
 * Not its job: to repeat calls that failed (the caller's consumer does, and nothing is doubled by it), and to order
 * calls: entries of one stream keep the stream's order inside a call, and across calls as far as the caller hands
 * them in that order.
 *
 * Every method but `close` throws AuditStoreUnavailableError when the store does not answer and AuditLogClosedError
 * after `close()`.
 */
export interface AuditLog {
  /** Makes or updates tables and indexes. Safe to call from several processes at once, and again. */
  prepare(): Promise<void>;

  /**
   * Records the entries that are not there yet. Resolves when they are durable: the outcomes are in the order of the
   * entries. At most 1,000 entries a call.
   * @throws AuditInputError naming every fault; nothing is recorded then
   */
  append(entries: readonly AuditEntry[]): Promise<readonly AppendOutcome[]>;

  /** @throws AuditInputError */
  query(query?: AuditQuery): Promise<AuditPage>;

  /**
   * Every entry after `afterSequence`, in order, exactly once, and then each new one as it is recorded, until `signal`
   * aborts or the log is closed: both end the iteration without an error. While the store does not answer it goes on
   * trying (`onTailError` is told). Nothing is read ahead of the consumer but one page.
   */
  tail(afterSequence: number, signal: AbortSignal): AsyncIterable<RecordedEntry>;

  /**
   * All entries that match, up to the newest at the first read, page by page as they are consumed. `limit` and
   * `cursor` do not apply; the order is `asc` unless given. An abort ends it with the signal's reason.
   */
  export(query?: AuditFilter & Pick<AuditQuery, 'order'>, signal?: AbortSignal): AsyncIterable<RecordedEntry>;

  stats(): Promise<AuditStats>;

  /** Removes old entries, oldest first, in bounded steps. Resolves to how many it removed. */
  retention(request: RetentionRequest): Promise<number>;

  /** Recomputes the hash chain. */
  verify(range?: VerifyRange): Promise<Verification>;

  /** Waits for what is being appended, ends tails, and releases connections that the log opened itself. */
  close(): Promise<void>;
}
