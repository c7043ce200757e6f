import { backOffMs, type BackOffOptions } from '../back-off.js';
import type { Clock } from '../clock.js';

export type BreakerState = 'closed' | 'open' | 'half-open';
/** Whose failure keeps the breaker from closing: Redis itself, or what the handler writes to. */
export type FailureSource = 'redis' | 'handler';

/** How long the breaker stays open. */
export type BreakerOptions = Omit<BackOffOptions, 'random'>;

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
 * about the handler's store, a handled batch proves both. The wait is that of {@link backOffMs}.
 */
export class CircuitBreaker {
  private state: BreakerState = 'closed';
  private failures = 0;
  private openedAt: number | null = null;
  private lastSource: FailureSource = 'redis';

  constructor(
    private readonly options: BreakerOptions,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** Opens the breaker; returns the ms to wait before the next try. */
  fail(source: FailureSource): number {
    this.failures += 1;
    this.openedAt ??= this.clock.now();
    this.lastSource = source;
    this.state = 'open';
    return backOffMs(this.failures, { ...this.options, random: this.random });
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
