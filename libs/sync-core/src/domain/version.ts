/**
 * The version of a record: a per-record hybrid logical clock in one safe integer (until the year 2248).
 * The upper part is wall-clock milliseconds, the ten low bits order writes inside one millisecond.
 *
 * Versions are assigned inside the stores, in the same atomic step as the write: `nextVersionExpression` in Mongo,
 * `lua/includes/clock.lua` in Redis.
 */
export const TICKS_PER_MS = 1024;

/** The first version of a millisecond. */
export function versionAt(epochMs: number): number {
  return epochMs * TICKS_PER_MS;
}

/**
 * The version after `stored` (0 when there is none) at `nowMs`: what both stores compute. Called by stores in memory, in
 * tests and the simulation only.
 */
export function nextVersion(nowMs: number, stored: number): number {
  return Math.max(versionAt(nowMs), stored + 1);
}

/** Epoch milliseconds at which this version was assigned. */
export function updatedAtOf(version: number): number {
  return Math.floor(version / TICKS_PER_MS);
}

/** Whether `value` can be a version: a positive safe integer. */
export function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** Milliseconds by which a version lies ahead of the local clock (negative: it lies behind). */
export function skewMs(version: number, nowMs: number): number {
  return updatedAtOf(version) - nowMs;
}
