import { backoffMs, pause } from './pause.js';

interface HeadWatcherOptions {
  /** The log's last sequence, 0 when it is empty. */
  readonly head: () => Promise<number>;
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
  /** Ends everything. */
  readonly closing: AbortSignal;
}

interface Waiter {
  readonly after: number;
  readonly wake: () => void;
}

/**
 * Tells any number of followers that the log has grown, with one question to the store per interval: entries of this
 * process at once (`advance`), those of others within `pollMs`. Asks only while a reader waits.
 */
export class HeadWatcher {
  readonly #waiters = new Set<Waiter>();
  #known = 0;
  #polling = false;

  constructor(private readonly options: HeadWatcherOptions) {}

  advance(head: number): void {
    this.#known = Math.max(this.#known, head);
    for (const waiter of this.#waiters) if (waiter.after < this.#known) waiter.wake();
  }

  /** Resolves when the log goes beyond `after`, or a signal aborts. */
  async beyond(after: number, signal: AbortSignal): Promise<void> {
    if (this.#known > after || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const waiter: Waiter = { after, wake };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', wake);
      if (!this.#polling) void this.#poll();
    });
  }

  async #poll(): Promise<void> {
    const { head, pollMs, onError, closing } = this.options;
    this.#polling = true;
    let failures = 0;
    while (this.#waiters.size > 0 && !closing.aborted) {
      try {
        this.advance(await head());
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!closing.aborted) onError(error);
      }
      if (this.#waiters.size > 0) await pause(backoffMs(pollMs, failures), closing);
    }
    this.#polling = false;
  }
}
