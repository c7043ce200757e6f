import { backOffMs } from '@redis-mongo-sync/redis-streams';

/** {@link backOffMs} that counts the failures itself. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly baseMs = 50,
    private readonly capMs = 2_000,
    private readonly random: () => number = Math.random,
  ) {}

  /** Milliseconds to wait after one more failure. */
  next(): number {
    this.failures += 1;
    return backOffMs(this.failures, { baseMs: this.baseMs, capMs: this.capMs, random: this.random });
  }

  reset(): void {
    this.failures = 0;
  }
}
