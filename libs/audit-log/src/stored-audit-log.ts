import { AppendQueue } from './append-queue.js';
import type { AppendOutcome, AuditEntry, RecordedEntry } from './audit-entry.js';
import type {
  AuditFilter,
  AuditLog,
  AuditPage,
  AuditQuery,
  AuditStats,
  RetentionRequest,
  Verification,
  VerifyRange,
} from './audit-log.js';
import type { AuditStore, StorePage } from './audit-store.js';
import { checkEntries } from './check-entries.js';
import { AuditInputError, AuditLogClosedError } from './errors.js';
import { sealer, type ChainOptions } from './hash-chain.js';
import { findOld } from './find-old.js';
import { HeadWatcher } from './head-watcher.js';
import { makeCursor, readFilter, readOrder, readQuery } from './query-options.js';
import { recordedEntry } from './recorded-entry.js';
import { tail } from './tail.js';
import { epochMs, TIME_RULE } from './time.js';
import { verifyChain } from './verify.js';

export interface AuditLogOptions {
  /** Names of fields in `data` whose values are blanked before storing, at any depth, in any case. */
  readonly secretFields?: readonly string[];
  /** Makes the hash chain an HMAC; the same for every process, and for as long as the log lives. */
  readonly hashKey?: string;
  /** How late a tail may hear of what another process recorded, in milliseconds. Default 200. */
  readonly tailPollMs?: number;
  /** A tail met a store that does not answer; it goes on trying. */
  readonly onTailError?: (error: unknown) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const EXPORT_PAGE = 500;
const MAX_CHUNK = 10_000;

/** What all audit logs have in common; where they differ is in the store. */
export class StoredAuditLog implements AuditLog {
  readonly #store: AuditStore;
  readonly #secrets: ReadonlySet<string>;
  readonly #chain: ChainOptions;
  readonly #closing = new AbortController();
  readonly #queue: AppendQueue;
  readonly #watcher: HeadWatcher;
  readonly #onTailError: (error: unknown) => void;
  #closed: Promise<void> | undefined;

  constructor(store: AuditStore, options: AuditLogOptions = {}) {
    const { secretFields = [], hashKey, tailPollMs = 200, onTailError, now = Date.now } = options;
    this.#store = store;
    this.#secrets = new Set(secretFields.map((name) => name.toLowerCase()));
    this.#chain = hashKey === undefined ? {} : { key: hashKey };
    this.#onTailError = onTailError ?? (() => undefined);
    const seal = sealer(now, this.#chain);
    this.#queue = new AppendQueue((entries) => store.append(entries, seal));
    this.#watcher = new HeadWatcher({
      head: async () => (await store.head())?.sequence ?? 0,
      pollMs: tailPollMs,
      onError: this.#onTailError,
      closing: this.#closing.signal,
    });
  }

  async prepare(): Promise<void> {
    this.#refuseWhenClosed();
    await this.#store.prepare();
  }

  async append(entries: readonly AuditEntry[]): Promise<readonly AppendOutcome[]> {
    this.#refuseWhenClosed();
    const outcomes = await this.#queue.append(checkEntries(entries, this.#secrets));
    this.#watcher.advance(outcomes.reduce((highest, { sequence }) => Math.max(highest, sequence), 0));
    return outcomes;
  }

  async query(query: AuditQuery = {}): Promise<AuditPage> {
    this.#refuseWhenClosed();
    const page = readQuery(query);
    const found = await this.#store.page({ ...page, limit: page.limit + 1 }); // one more tells whether more follow
    const entries = found.slice(0, page.limit).map(recordedEntry);
    const last = entries.at(-1);
    if (!last || found.length <= page.limit) return { entries };
    return { entries, nextCursor: makeCursor(last.sequence, page) };
  }

  async *tail(afterSequence: number, signal: AbortSignal): AsyncGenerator<RecordedEntry, void, undefined> {
    this.#refuseWhenClosed();
    if (!Number.isSafeInteger(afterSequence) || afterSequence < 0) {
      throw new AuditInputError([{ path: 'afterSequence', message: 'must be a sequence, or 0' }]);
    }
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const source = {
      page: (page: StorePage) => this.#store.page(page),
      watcher: this.#watcher,
      onError: this.#onTailError,
    };
    for await (const entry of tail(source, afterSequence, either)) yield recordedEntry(entry);
  }

  async *export(
    query: AuditFilter & Pick<AuditQuery, 'order'> = {},
    signal?: AbortSignal,
  ): AsyncGenerator<RecordedEntry, void, undefined> {
    this.#refuseWhenClosed();
    const order = readOrder(query.order ?? 'asc');
    const filter = readFilter(query);
    const end = ((await this.#store.head())?.sequence ?? 0) + 1; // else it would chase a log that grows
    let bounds: Pick<StorePage, 'after' | 'before'> = { before: end };
    for (;;) {
      signal?.throwIfAborted();
      this.#refuseWhenClosed();
      const entries = await this.#store.page({ ...filter, ...bounds, order, limit: EXPORT_PAGE });
      for (const entry of entries) {
        signal?.throwIfAborted();
        yield recordedEntry(entry);
      }
      const last = entries.at(-1);
      if (!last || entries.length < EXPORT_PAGE) return;
      bounds = order === 'asc' ? { after: last.sequence, before: end } : { before: last.sequence };
    }
  }

  async stats(): Promise<AuditStats> {
    this.#refuseWhenClosed();
    const [counts, head, [first]] = await Promise.all([
      this.#store.counts(),
      this.#store.head(),
      this.#store.page({ order: 'asc', limit: 1 }),
    ]);
    return {
      total: counts.reduce((sum, { count }) => sum + count, 0),
      counts,
      ...(first && { first: { sequence: first.sequence, recordedAt: first.recordedAt } }),
      ...(head && { last: { sequence: head.sequence, recordedAt: head.recordedAt, hash: head.hash } }),
    };
  }

  async retention({ olderThan, chunk = 1_000, signal }: RetentionRequest): Promise<number> {
    this.#refuseWhenClosed();
    const time = epochMs(olderThan);
    if (time === undefined) throw new AuditInputError([{ path: 'olderThan', message: TIME_RULE }]);
    if (!Number.isInteger(chunk) || chunk < 1 || chunk > MAX_CHUNK) {
      throw new AuditInputError([{ path: 'chunk', message: `must be 1 to ${MAX_CHUNK}` }]);
    }
    const old = await findOld(this.#store, time);
    let removed = 0;
    for (let from = old.from; from <= old.to && !signal?.aborted; from += chunk) {
      this.#refuseWhenClosed();
      removed += await this.#store.remove(from, Math.min(old.to, from + chunk - 1));
    }
    return removed;
  }

  async verify(range: VerifyRange = {}): Promise<Verification> {
    this.#refuseWhenClosed();
    return verifyChain((page) => this.#store.page(page), range, this.#chain);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await this.#queue.idle();
    await this.#store.close();
  }

  #refuseWhenClosed(): void {
    if (this.#closing.signal.aborted) throw new AuditLogClosedError();
  }
}
