import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** ms; default 10,000. */
  readonly timeoutMs?: number;
  /** ms between tries; default 10. */
  readonly everyMs?: number;
}

/**
 * Repeats `check` until it neither throws nor returns `false`, and returns what it returned. On time-out it fails with
 * the last reason.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 10 }: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      const value = await check();
      if (value !== false) return value as Exclude<T, false>;
      throw new Error('the condition did not come true');
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await sleep(everyMs);
  }
}
