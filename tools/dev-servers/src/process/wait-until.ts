import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** How long to go on trying, in milliseconds. */
  readonly timeoutMs: number;
  readonly everyMs?: number;
  /** Checked before each try; true ends the waiting early (the awaited process has died, say). */
  readonly giveUp?: () => boolean;
}

/** Polls `ready` until it answers true. Resolves to false when the time is up or `giveUp` says so. */
export async function waitUntil(ready: () => Promise<boolean>, options: WaitOptions): Promise<boolean> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    if (options.giveUp?.()) return false;
    if (await ready()) return true;
    if (Date.now() >= deadline) return false;
    await delay(options.everyMs ?? 25);
  }
}
