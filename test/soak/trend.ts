/** A straight line through samples, and how far they scatter around it. */
export interface Trend {
  /** Change per hour, in the unit of the samples. */
  readonly perHour: number;
  /** Half the width of the 95 % interval of `perHour`. */
  readonly uncertainty: number;
  readonly first: number;
  readonly last: number;
  readonly max: number;
}

export interface Sample {
  /** ms since the start. */
  readonly at: number;
  readonly value: number;
}

const HOUR_MS = 3_600_000;
/** Of the normal distribution, for 95 %. */
const Z = 1.96;

/** Least squares. Nothing for fewer than three samples: two always lie on a line. */
export function trendOf(samples: readonly Sample[]): Trend | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last || samples.length < 3) return null;
  const n = samples.length;
  const meanAt = samples.reduce((sum, { at }) => sum + at, 0) / n;
  const meanValue = samples.reduce((sum, { value }) => sum + value, 0) / n;
  const spread = samples.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  if (spread === 0) return null;
  const slope = samples.reduce((sum, { at, value }) => sum + (at - meanAt) * (value - meanValue), 0) / spread;
  const residual = samples.reduce(
    (sum, { at, value }) => sum + (value - meanValue - slope * (at - meanAt)) ** 2,
    0,
  );
  return {
    perHour: slope * HOUR_MS,
    uncertainty: Z * Math.sqrt(residual / (n - 2) / spread) * HOUR_MS,
    first: first.value,
    last: last.value,
    max: Math.max(...samples.map(({ value }) => value)),
  };
}

export type Verdict = 'flat' | 'growing' | 'unclear';

/**
 * Whether a figure grows by more than `tolerance` per hour: `growing` when it does for certain, `flat` when it does
 * not for certain, otherwise `unclear`: too short or too noisy a run to tell.
 */
export function verdictOf({ perHour, uncertainty }: Trend, tolerance: number): Verdict {
  if (perHour - uncertainty > tolerance) return 'growing';
  return perHour + uncertainty <= tolerance ? 'flat' : 'unclear';
}
