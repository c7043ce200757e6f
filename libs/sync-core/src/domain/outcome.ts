/**
 * How the journey of one stream entry ended. Every entry that was captured ends in exactly one of these:
 * - `applied`: written at the other store;
 * - `stale`: the other store had a newer version;
 * - `duplicate`: this very event had been applied before;
 * - `echo`: a change coming back to the store it came from;
 * - `superseded`: a newer version of the same record stood in the same batch, or Mongo's current image replaced it;
 * - `dead-lettered`: it cannot be applied; it waits in `<stream>:dlq` for a person.
 */
export const OUTCOMES = ['applied', 'stale', 'duplicate', 'echo', 'superseded', 'dead-lettered'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The direction an entry travels. */
export const DIRECTIONS = ['mongo-to-redis', 'redis-to-mongo'] as const;
export type Direction = (typeof DIRECTIONS)[number];
