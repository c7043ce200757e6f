import type { AppendOutcome } from './audit-entry.js';
import type { PendingEntry } from './audit-store.js';
import { MAX_ENTRIES } from './check-entries.js';
import { inStreamOrder } from './stream-order.js';

/** Well below MongoDB's 48 MB per command, and little enough to keep a turn short. */
const MAX_TURN_CHARACTERS = 8_000_000;

interface Call {
  readonly entries: readonly PendingEntry[];
  readonly resolve: (outcomes: readonly AppendOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The appenders of one process take turns, and calls that wait together are recorded together: appending has no
 * parallelism to lose (see AuditStore), only round trips to save. A turn that fails fails all its calls; each may be
 * repeated.
 */
export class AppendQueue {
  #waiting: Call[] = [];
  #running: Promise<void> | undefined;

  /** @param record gets entries that are unique by (stream, eventId) */
  constructor(
    private readonly record: (entries: readonly PendingEntry[]) => Promise<readonly AppendOutcome[]>,
  ) {}

  append(entries: readonly PendingEntry[]): Promise<readonly AppendOutcome[]> {
    if (entries.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entries, resolve, reject });
      this.#running ??= this.#run().finally(() => (this.#running = undefined));
    });
  }

  /** Resolves when nothing is waiting or under way. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const calls = this.#nextTurn();
      try {
        const outcomes = await this.#record(calls.flatMap(({ entries }) => entries));
        let start = 0;
        for (const { entries, resolve } of calls) resolve(outcomes.slice(start, (start += entries.length)));
      } catch (error) {
        for (const { reject } of calls) reject(error);
      }
    }
  }

  /** As many waiting calls as fit, at least one. */
  #nextTurn(): readonly Call[] {
    let count = 0;
    let characters = 0;
    const end = this.#waiting.findIndex(({ entries }, index) => {
      count += entries.length;
      for (const { data } of entries) characters += data.length;
      return index > 0 && (count > MAX_ENTRIES || characters > MAX_TURN_CHARACTERS);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  /** Records each (stream, eventId) once, and answers for every time it was given. */
  async #record(entries: readonly PendingEntry[]): Promise<readonly AppendOutcome[]> {
    const unique = new Map<string, PendingEntry>();
    for (const entry of entries) if (!unique.has(keyOf(entry))) unique.set(keyOf(entry), entry);
    const ordered = inStreamOrder([...unique.values()]);
    const outcomes = await this.record(ordered);
    const byKey = new Map(ordered.map((entry, index) => [keyOf(entry), outcomes[index]]));
    return entries.map((entry) => {
      const key = keyOf(entry);
      const outcome = byKey.get(key);
      if (!outcome) throw new Error(`the audit store gave no outcome for ${entry.stream} ${entry.eventId}`);
      byKey.set(key, { outcome: 'duplicate', sequence: outcome.sequence });
      return outcome;
    });
  }
}

export function keyOf({ stream, eventId }: Pick<PendingEntry, 'stream' | 'eventId'>): string {
  return `${stream}\n${eventId}`; // neither contains control characters
}
