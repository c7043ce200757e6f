import { hadSeen } from './ancestry.js';
import type { ChangeEvent } from './change-event.js';
import type { Source } from './stamp.js';

/** The stamp of a document in Mongo. */
export interface DocumentStamp {
  /** `null`: unstamped; an outsider gave the document no version, or something that is none. */
  readonly version: number | null;
  readonly source: Source;
}

/**
 * What to do in Mongo with a Redis write:
 * - `apply`: it is newer than what Mongo holds, and its writer had seen that;
 * - `stale`: what Mongo holds is newer, or as new and from Mongo, where Mongo wins;
 * - `same`: Mongo holds this very version; rewriting it would undo an outsider who did not move the version;
 * - `concurrent`: Mongo holds an older version that the writer had not seen; it has to be kept before it is overwritten;
 * - `unstamped`: the document has no version, and is stamped before anything is compared with it.
 */
export type IntoMongo = 'apply' | 'stale' | 'same' | 'concurrent' | 'unstamped';

/**
 * The rule of Last-Write-Wins into Mongo. Pure. The filter of `MongoRecordTarget`'s upserts matches what this calls
 * `apply`; `test/vectors/lww.json` holds both to it.
 *
 * @param stored `null`: Mongo has no document of the record
 */
export function decideIntoMongo(
  write: Pick<ChangeEvent, 'version' | 'base' | 'known'>,
  stored: DocumentStamp | null,
): IntoMongo {
  if (stored === null) return 'apply';
  const { version, source } = stored;
  if (version === null) return 'unstamped';
  if (version === write.version && source === 'redis') return 'same';
  if (version >= write.version) return 'stale';
  return hadSeen(write, { version, source }) ? 'apply' : 'concurrent';
}

/**
 * Whether Mongo, which once had `version` of a record, now holds less, or nothing: a write of that version would be
 * applied. An unstamped document does not count: it will be stamped above all that Redis holds.
 */
export function isSetBack(stored: DocumentStamp | null, version: number): boolean {
  return decideIntoMongo({ version }, stored) === 'apply';
}
