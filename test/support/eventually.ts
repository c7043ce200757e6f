import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** ms; default 10,000. */
  readonly timeoutMs?: number;
  /** ms between tries; default 20. */
  readonly everyMs?: number;
}

/**
 * Repeats `check` until it neither throws nor returns false, and returns what it returned. On time-out it fails with
 * the last reason.
 */
export async function eventually<T>(
  check: () => Promise<T> | T,
  { timeoutMs = 10_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      const result = await check();
      if (result !== false) return result;
      if (Date.now() > deadline) throw new Error('it never became true');
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await sleep(everyMs);
  }
}
