import { createHash, createHmac } from 'node:crypto';
import type { Head, PendingEntry, Sealer, StoredEntry } from './audit-store.js';

/** What the first entry of a log is chained to. */
export const GENESIS = 'audit-log-v1';

export interface ChainOptions {
  /** With a key, a writer who does not know it cannot make a chain that verifies. */
  readonly key?: string;
}

type Unsealed = Omit<StoredEntry, 'hash'>;

/** SHA-256 (HMAC with a key) over the previous hash and every field, as base64url: 43 characters. */
export function hashEntry(previous: string, entry: Unsealed, { key }: ChainOptions): string {
  const material = JSON.stringify([
    previous,
    entry.sequence,
    entry.recordedAt,
    entry.stream,
    entry.eventId,
    entry.type,
    entry.entity ?? null,
    entry.entityId ?? null,
    entry.occurredAt,
    entry.streamEntryId,
    entry.correlationId ?? null,
    entry.data,
  ]);
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  return hash.update(material).digest('base64url');
}

/**
 * Gives entries their places behind the head. `recordedAt` never goes back, even when the clocks of two writers
 * differ: that is what makes "recorded before" a prefix of the log, and retention leave a chain that verifies.
 */
export function sealer(now: () => number, chain: ChainOptions): Sealer {
  return (head, entries) => {
    const time = now();
    let last: Head = head ?? { sequence: 0, recordedAt: 0, hash: GENESIS };
    return entries.map((entry) => {
      const sealed = seal(last, entry, Math.max(time, last.recordedAt));
      last = sealed;
      return sealed;
    });
  };

  function seal(last: Head, entry: PendingEntry, recordedAt: number): StoredEntry {
    const unsealed = { ...entry, sequence: last.sequence + 1, recordedAt };
    return { ...unsealed, hash: hashEntry(last.hash, unsealed, chain) };
  }
}
