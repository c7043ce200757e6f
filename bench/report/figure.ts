import type { Comparison } from '../compare.js';
import type { Load } from '../rig/usage.js';

/** Milliseconds. */
export interface Lag {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** One line of the report. */
export interface Figure {
  readonly scenario: string;
  readonly what: string;
  readonly events: number;
  readonly perSecond: number;
  /** The same work without us (or done naively), in the same run. */
  readonly beside?: { readonly what: string; readonly perSecond: number };
  readonly lagMs?: Lag;
  readonly load?: Load;
  readonly comparison?: Comparison;
}

export function lagOf(samples: readonly number[]): Lag {
  const sorted = Float64Array.from(samples).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
