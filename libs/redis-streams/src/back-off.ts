export interface BackOffOptions {
  /** Ceiling of the first wait, ms; doubles with every failure in a row. Default 50. */
  readonly baseMs?: number;
  /** Longest wait, ms. Default 2,000. */
  readonly capMs?: number;
  /** From 0 to 1, which is no jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * Milliseconds to wait before the next try, after so many failures in a row: exponential with jitter over its upper
 * half, so that processes felled together don't come back together.
 */
export function backOffMs(
  failures: number,
  { baseMs = 50, capMs = 2_000, random = Math.random }: BackOffOptions = {},
): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(Math.max(failures - 1, 0), 30));
  return Math.round(ceiling * (0.5 + random() / 2));
}
