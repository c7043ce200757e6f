const WINDOW_MS = 1000;
/** Beyond this many clients in one second, further new ones share one allowance: memory stays bounded. */
const MAX_CLIENTS = 100_000;

/** Counts requests per client in windows of one second. No timers; the clock is an argument. */
export class RateLimiter {
  private windowStart = 0;
  private counts = new Map<string, number>();

  constructor(private readonly perSecond: number) {}

  /** Seconds to wait when the client is over its limit, otherwise 0. */
  retryAfter(client: string, nowMs: number): number {
    if (nowMs - this.windowStart >= WINDOW_MS || nowMs < this.windowStart) {
      this.windowStart = nowMs;
      this.counts = new Map();
    }
    const name = this.counts.size < MAX_CLIENTS || this.counts.has(client) ? client : '';
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    return count > this.perSecond ? Math.ceil((this.windowStart + WINDOW_MS - nowMs) / 1000) : 0;
  }
}
