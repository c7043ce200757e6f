import { pause } from '@redis-mongo-sync/redis-streams';

const FIRST_PAUSE_MS = 2;
const PAUSE_GROWTH = 1.5;
const MAX_PAUSE_MS = 50;

interface PollLimits {
  /** Ends the waiting when the time is up. */
  readonly signal: AbortSignal;
  /** Ends the waiting when the client has gone. */
  readonly isWanted?: () => boolean;
}

/**
 * Asks again and again, first often, then less so, until the answer is yes or the limits end the waiting.
 *
 * @returns whether the answer was yes
 */
export async function pollUntil(
  reached: () => Promise<boolean>,
  { signal, isWanted = () => true }: PollLimits,
): Promise<boolean> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * PAUSE_GROWTH, MAX_PAUSE_MS)) {
    if (await reached()) return true;
    if (signal.aborted || !isWanted()) return false;
    await pause(pauseMs, { signal });
  }
}
