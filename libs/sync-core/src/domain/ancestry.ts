import type { ChangeEvent } from './change-event.js';
import type { Stamp } from './stamp.js';

/*
 * What a Redis write knew of its record. Its event says so in two numbers, taken in the atomic step of the write:
 *
 * - `base`: the version that Redis held (0: none);
 * - `known`: the version up to which it knew everything that Mongo has. Above it, up to `base`, are Redis writes only,
 *   the version right at `known` is from Mongo.
 *
 * Events of older releases have neither; they are taken to have seen everything, as they were before.
 */

type Seen = Pick<ChangeEvent, 'base' | 'known'>;

/** Whether the write was made in knowledge of this version, which Mongo holds now: overwriting it loses nothing. */
export function hadSeen({ base, known = base }: Seen, stored: Stamp): boolean {
  if (base === undefined || known === undefined) return true;
  return stored.version <= known || (stored.source === 'redis' && stored.version <= base);
}

/**
 * `known` of a write on top of what Redis holds, of which a write may be in flight that knew `inFlightKnown`. On top of a
 * version from Mongo that is this one. On top of a settled Redis write it is the one below: Mongo may hold another write
 * of that same version. A write on top of one in flight knows of Mongo what that one knew.
 *
 * `lua/includes/in-flight.lua` carries it out; only the simulation calls it.
 */
export function knownOnTop(held: Stamp | null, inFlightKnown: number | undefined): number {
  if (held?.source !== 'redis') return held?.version ?? 0;
  return Math.min(inFlightKnown ?? held.version, held.version - 1);
}

/**
 * Whether the write was made on top of an older Redis write that is not settled either. If not, a version from Mongo
 * had taken the older one's place in between.
 */
export function buildsOn({ version, base, known = base }: Seen & Stamp, older: Stamp): boolean {
  if (base === undefined || known === undefined || older.version === version) return true;
  return known < older.version && older.version <= base;
}
