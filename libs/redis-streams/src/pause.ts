import { systemClock, type Clock } from './clock.js';

export interface PauseOptions {
  /** An abort ends the wait early, without an error. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** Waits. */
export function pause(ms: number, { signal, clock = systemClock }: PauseOptions = {}): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
