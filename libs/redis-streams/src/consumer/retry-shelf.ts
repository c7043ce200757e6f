import type { Clock } from '../clock.js';
import type { StreamEntry } from '../stream-entry.js';

/** A poison entry between two tries. Times in epoch ms. */
export interface ShelvedEntry {
  readonly entry: StreamEntry;
  readonly error: unknown;
  /** Times the handler has had it. */
  readonly attempts: number;
  readonly firstFailedAt: number;
  readonly lastFailedAt: number;
  /** When it may be tried again; null: no tries left, to be dead-lettered. */
  readonly dueAt: number | null;
}

interface FailedTry {
  readonly retry: boolean;
  /** Tries made by now, those before a redelivery included. */
  readonly attempts: number;
  /** Instead of the shelf's own waits. */
  readonly delaysMs?: readonly number[] | undefined;
}

/**
 * Poison entries wait here, each for its own time, while the stream goes on. They stay pending in Redis:
 * if the process dies, they come back by recovery.
 */
export class RetryShelf {
  private readonly entries = new Map<string, ShelvedEntry>();
  private cancelTimer: () => void = () => undefined;

  constructor(
    private readonly delaysMs: readonly number[],
    private readonly clock: Clock,
    private readonly onDue: () => void,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  has(id: string): boolean {
    return this.entries.has(id);
  }

  /** Notes a failed try of `entry` and when the next one is due. */
  put(
    entry: StreamEntry,
    error: unknown,
    { retry, attempts, delaysMs = this.delaysMs }: FailedTry,
  ): ShelvedEntry {
    const now = this.clock.now();
    const before = this.entries.get(entry.id);
    const delay = retry ? delaysMs[attempts - 1] : undefined;
    const shelved: ShelvedEntry = {
      entry,
      error,
      attempts,
      firstFailedAt: before?.firstFailedAt ?? now,
      lastFailedAt: now,
      dueAt: delay === undefined ? null : now + delay,
    };
    this.entries.set(entry.id, shelved);
    this.schedule();
    return shelved;
  }

  /** The entry is settled: handled or dead-lettered. */
  remove(id: string): void {
    if (this.entries.delete(id)) this.schedule();
  }

  /** What is to be done now, in the order of the stream's failures. */
  due(): readonly ShelvedEntry[] {
    if (this.entries.size === 0) return [];
    const now = this.clock.now();
    return [...this.entries.values()].filter(({ dueAt }) => dueAt === null || dueAt <= now);
  }

  close(): void {
    this.cancelTimer();
    this.entries.clear();
  }

  private schedule(): void {
    this.cancelTimer();
    this.cancelTimer = () => undefined;
    if (this.entries.size === 0) return;
    const now = this.clock.now();
    let earliest = Infinity;
    for (const { dueAt } of this.entries.values()) earliest = Math.min(earliest, dueAt ?? now);
    this.cancelTimer = this.clock.after(Math.max(0, earliest - now), this.onDue);
  }
}
