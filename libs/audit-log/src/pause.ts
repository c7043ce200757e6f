import { setTimeout as delay } from 'node:timers/promises';

/** Waits; an abort ends it early, without an error. Does not keep the process alive. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}

/** Milliseconds before the next try after so many failures in a row: doubling, up to five seconds. */
export function backoffMs(baseMs: number, failures: number): number {
  return Math.min(5_000, baseMs * 2 ** Math.min(failures, 16));
}
