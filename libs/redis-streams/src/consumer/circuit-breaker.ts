import type { Clock } from '../clock.js';

export type BreakerState = 'closed' | 'open' | 'half-open';
/** Whose failure keeps the breaker from closing: Redis itself, or what the handler writes to. */
export type FailureSource = 'redis' | 'handler';

export interface BreakerOptions {
  /** First wait in ms; doubles with every failure in a row. Default 50. */
  readonly baseMs?: number;
  /** Longest wait in ms. Default 2000. */
  readonly capMs?: number;
}

export interface BreakerSnapshot {
  readonly state: BreakerState;
  readonly failuresInARow: number;
  /** Epoch ms of the first failure of this outage; null while closed. */
  readonly openedAt: number | null;
}

/**
 * closed → (failure) → open → (wait over) → half-open → success → closed, or failure → open for longer.
 *
 * A success closes it only if it says something about the failure: a good read from Redis proves nothing
 * about the handler's store, a handled batch proves both. The wait is exponential with jitter over its
 * upper half, so that consumers felled together don't come back together.
 */
export class CircuitBreaker {
  private state: BreakerState = 'closed';
  private failures = 0;
  private openedAt: number | null = null;
  private lastSource: FailureSource = 'redis';
  private readonly baseMs: number;
  private readonly capMs: number;

  constructor(
    options: BreakerOptions,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {
    this.baseMs = options.baseMs ?? 50;
    this.capMs = options.capMs ?? 2_000;
  }

  /** Opens the breaker; returns the ms to wait before the next try. */
  fail(source: FailureSource): number {
    this.failures += 1;
    this.openedAt ??= this.clock.now();
    this.lastSource = source;
    this.state = 'open';
    const ceiling = Math.min(this.capMs, this.baseMs * 2 ** Math.min(this.failures - 1, 30));
    return Math.round(ceiling * (0.5 + this.random() / 2));
  }

  /** The wait is over: one try is allowed. */
  probe(): void {
    if (this.state === 'open') this.state = 'half-open';
  }

  /** Returns true when this success closed the breaker. */
  succeed(source: FailureSource): boolean {
    if (this.state === 'closed' || (source === 'redis' && this.lastSource === 'handler')) return false;
    this.state = 'closed';
    this.failures = 0;
    this.openedAt = null;
    return true;
  }

  snapshot(): BreakerSnapshot {
    return { state: this.state, failuresInARow: this.failures, openedAt: this.openedAt };
  }
}
