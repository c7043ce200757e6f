/** A version of a record and its content, by anything that is equal where contents are: its text, or a digest of it. */
export interface VersionedContent {
  readonly version: number;
  /** `null`: deleted. */
  readonly content: string | null;
}

/**
 * What to do in Redis with a change that came from Mongo:
 * - `apply`: it is newer than what Redis holds;
 * - `stale`: what Redis holds is newer;
 * - `same`: Redis holds this version with this content;
 * - `merge`: Redis holds this version with another content; see `decideTie`.
 */
export type IntoRedis = 'apply' | 'stale' | 'same' | 'merge';

/**
 * The rule of Last-Write-Wins into Redis. Pure. `apply-batch.lua` carries it out in one step with the write;
 * `test/vectors/lww.json` holds both to it. Reconcile asks it what a change would meet.
 *
 * @param held `null`: Redis knows nothing of the record; version 0: a text without a stamp
 */
export function decideIntoRedis(incoming: VersionedContent, held: VersionedContent | null): IntoRedis {
  if (held === null || incoming.version > held.version) return 'apply';
  if (incoming.version < held.version) return 'stale';
  return incoming.content === held.content ? 'same' : 'merge';
}
