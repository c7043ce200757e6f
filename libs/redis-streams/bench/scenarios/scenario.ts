import type { Redis } from 'ioredis';
import type { Contestant, Payload, Place } from '../contestants/contestant.js';

/** One contestant's turn: the server is empty when it begins. */
export interface Turn {
  readonly contestant: Contestant;
  readonly place: Place;
  /** The benchmark's own connection, for counting. */
  readonly redis: Redis;
  readonly signal: AbortSignal;
}

const TEXT = 'x'.repeat(250);

export const payloadOf = (n: number): Payload => ({ n, at: performance.now(), text: TEXT });

/** Waits until `done`, at most `timeoutMs`. @throws Error that says what did not happen */
export async function until(
  done: () => Promise<boolean> | boolean,
  { what, signal, timeoutMs = 60_000 }: { what: string; signal: AbortSignal; timeoutMs?: number },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await done())) {
    signal.throwIfAborted();
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
