import type { AppendOutcome } from '../audit-entry.js';
import { keyOf } from '../append-queue.js';
import type { AuditCount } from '../audit-log.js';
import type { AuditStore, Head, PendingEntry, Sealer, StoredEntry, StorePage } from '../audit-store.js';

/** For tests: keeps everything in this process. Logs that share one see the same entries. */
export class MemoryAuditStore implements AuditStore {
  #entries: StoredEntry[] = [];
  readonly #places = new Map<string, number>();

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  append(entries: readonly PendingEntry[], seal: Sealer): Promise<readonly AppendOutcome[]> {
    const fresh = entries.filter((entry) => !this.#places.has(keyOf(entry)));
    const recorded = new Set(fresh.map(keyOf));
    for (const entry of seal(this.#entries.at(-1), fresh)) {
      this.#entries.push(entry);
      this.#places.set(keyOf(entry), entry.sequence);
    }
    const outcomes = entries.map((entry): AppendOutcome => {
      const sequence = this.#places.get(keyOf(entry)) ?? 0;
      return { outcome: recorded.has(keyOf(entry)) ? 'recorded' : 'duplicate', sequence };
    });
    return Promise.resolve(outcomes);
  }

  head(): Promise<Head | undefined> {
    return Promise.resolve(this.#entries.at(-1));
  }

  page(page: StorePage): Promise<readonly StoredEntry[]> {
    const found = this.#entries.filter((entry) => matches(entry, page));
    return Promise.resolve((page.order === 'asc' ? found : found.reverse()).slice(0, page.limit));
  }

  counts(): Promise<readonly AuditCount[]> {
    const counts = new Map<string, AuditCount>();
    for (const { stream, type } of this.#entries) {
      const key = `${stream}\n${type}`;
      counts.set(key, { stream, type, count: (counts.get(key)?.count ?? 0) + 1 });
    }
    return Promise.resolve(
      [...counts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, count]) => count),
    );
  }

  remove(from: number, to: number): Promise<number> {
    const kept = this.#entries.filter(({ sequence }) => sequence < from || sequence > to);
    const removed = this.#entries.length - kept.length;
    for (const entry of this.#entries) {
      if (entry.sequence >= from && entry.sequence <= to) this.#places.delete(keyOf(entry));
    }
    this.#entries = kept;
    return Promise.resolve(removed);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const EXACT = ['entity', 'entityId', 'type', 'stream'] as const;

function matches(entry: StoredEntry, page: StorePage): boolean {
  const { from = 0, to = Infinity, after = 0, before = Infinity } = page;
  return (
    EXACT.every((field) => page[field] === undefined || page[field] === entry[field]) &&
    entry.occurredAt >= from &&
    entry.occurredAt < to &&
    entry.sequence > after &&
    entry.sequence < before
  );
}
