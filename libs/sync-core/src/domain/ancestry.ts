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

/** Whether the write was made in knowledge of this version, which Mongo holds now: overwriting it loses nothing. */
export function hadSeen(event: ChangeEvent, stored: Stamp): boolean {
  const { base } = event;
  if (base === undefined) return true;
  const { known = base } = event;
  return stored.version <= known || (stored.source === 'redis' && stored.version <= base);
}

/**
 * Whether the write was made on top of an older Redis write that is not settled either. If not, a version from Mongo
 * had taken the older one's place in between.
 */
export function buildsOn(event: ChangeEvent, older: ChangeEvent): boolean {
  const { base } = event;
  if (base === undefined || older.version === event.version) return true;
  const { known = base } = event;
  return known < older.version && older.version <= base;
}
