import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { updatedAtOf, type ChangeDelivery } from '@redis-mongo-sync/sync-core';

interface LagSummary {
  /** Milliseconds; null when nothing was applied in the window. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  readonly samples: number;
}

/** How long a generation of samples is collected; summaries look at the present and the previous one. */
const GENERATION_MS = 60_000;

/** Upper bounds in seconds of the histogram that Prometheus scrapes. */
export const LAG_BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60,
] as const;

/**
 * Time from a client's write (the version's own time) to its apply at the other store. It includes the skew between
 * the clocks of the stores and of this process.
 */
export class LagMeter {
  private present: RecordableHistogram = createHistogram();
  private previous: RecordableHistogram | null = null;
  private startedAt = Date.now();
  private readonly listeners: ((seconds: number) => void)[] = [];
  /** Of the newest apply, ms. */
  latest: number | null = null;

  /** `listener` hears every sample, in seconds. */
  onSample(listener: (seconds: number) => void): void {
    this.listeners.push(listener);
  }

  applied(deliveries: readonly ChangeDelivery[]): void {
    const now = Date.now();
    if (now - this.startedAt >= GENERATION_MS) this.rotate(now);
    for (const { event } of deliveries) this.record(Math.max(0, now - updatedAtOf(event.version)));
  }

  summary(): LagSummary {
    const histogram = createHistogram();
    histogram.add(this.present);
    if (this.previous) histogram.add(this.previous);
    if (histogram.count === 0) return { p50: null, p95: null, p99: null, max: null, samples: 0 };
    // Stored with 1 added, because the histogram takes no zero.
    const at = (percentile: number) => histogram.percentile(percentile) - 1;
    return { p50: at(50), p95: at(95), p99: at(99), max: histogram.max - 1, samples: histogram.count };
  }

  private record(lagMs: number): void {
    this.latest = lagMs;
    this.present.record(lagMs + 1);
    for (const listener of this.listeners) listener(lagMs / 1000);
  }

  private rotate(now: number): void {
    this.previous = this.present;
    this.present = createHistogram();
    this.startedAt = now;
  }
}
