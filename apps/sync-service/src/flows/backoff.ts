/** Exponential back-off with jitter over its upper half, so that processes felled together don't return together. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly baseMs = 50,
    private readonly capMs = 2_000,
    private readonly random: () => number = Math.random,
  ) {}

  /** Milliseconds to wait after one more failure. */
  next(): number {
    const ceiling = Math.min(this.capMs, this.baseMs * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 30);
    return Math.round(ceiling * (0.5 + this.random() / 2));
  }

  reset(): void {
    this.failures = 0;
  }
}
