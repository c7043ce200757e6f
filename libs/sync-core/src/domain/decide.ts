import type { Source, Stamp } from './stamp.js';

/** What an apply brings to a store: a stamp, and the canonical text of its content (`null`: deleted). */
export interface Incoming extends Stamp {
  readonly content: string | null;
}

/**
 * What the target store holds under the key. `version: null` is a record that somebody wrote without a version
 * (possible in Mongo only); `null` is a key the store knows nothing about.
 */
export type Current = {
  readonly version: number | null;
  readonly source: Source;
  readonly content: string | null;
} | null;

/**
 * What to do with an incoming change:
 * - `apply`: write it; it is newer than what is there;
 * - `stale`: what is there is newer;
 * - `same`: the store already has this version with this content;
 * - `merge`: Redis has this version with another content; Mongo is the merge point, so its image is written –
 *    and when a *shared* field differs, an outsider changed Mongo without moving the version, so it is stamped;
 * - `unstamped`: Mongo holds a record without a version; it must be stamped before anything is compared with it.
 */
export type Verdict = 'apply' | 'stale' | 'same' | 'merge' | 'unstamped';

/**
 * The Last-Write-Wins rule. Pure: no clock, no I/O. The Redis script `apply-batch.lua` and the conditional
 * upsert of `mongo-apply-target.ts` are the same rule; `test/vectors/lww.json` holds all three to it.
 */
export function decide(target: Source, incoming: Incoming, current: Current): Verdict {
  if (current === null) return 'apply';
  if (current.version === null) return 'unstamped';
  if (incoming.version > current.version) return 'apply';
  if (incoming.version < current.version) return 'stale';
  return target === 'redis' ? tieInRedis(incoming, current) : tieInMongo(current);
}

/** At equal version Mongo's image wins: it may hold Mongo-owned fields, or an outsider's edit, that Redis lacks. */
function tieInRedis(incoming: Incoming, current: NonNullable<Current>): Verdict {
  return incoming.content === current.content ? 'same' : 'merge';
}

/**
 * At equal version Mongo keeps what it has. Rewriting it with the image that came from Redis would undo the edit
 * of an outsider who did not move the version.
 */
function tieInMongo(current: NonNullable<Current>): Verdict {
  return current.source === 'mongo' ? 'stale' : 'same';
}
