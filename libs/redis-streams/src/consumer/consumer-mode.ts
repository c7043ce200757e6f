/**
 * - `starting`: not begun, or making sure that the group exists.
 * - `recovering`: handling what is pending – its own entries, then those of consumers that are gone.
 * - `tailing`: handling new entries.
 * - `paused`: by `pause()`, or behind the open circuit breaker. Nothing is in hand but shelved poison.
 * - `draining`: `stop()` was called; finishing what is in hand.
 * - `stopped`: for good.
 */
export type ConsumerMode = 'starting' | 'recovering' | 'tailing' | 'paused' | 'draining' | 'stopped';

/** Every way back to `tailing` leads through `recovering`: what is pending in Redis is the only truth. */
export const NEXT_MODES: Readonly<Record<ConsumerMode, readonly ConsumerMode[]>> = {
  starting: ['recovering', 'paused', 'draining', 'stopped'],
  recovering: ['tailing', 'paused', 'draining', 'stopped'],
  tailing: ['recovering', 'paused', 'draining', 'stopped'],
  paused: ['starting', 'recovering', 'draining', 'stopped'],
  draining: ['stopped'],
  stopped: [],
};
