import { isSource, isVersion, STAMP_FIELD, TICKS_PER_MS, type Source } from '@redis-mongo-sync/sync-core';
import { Double, Int32, Long, Timestamp, type Document } from 'mongodb';

/*
 * The stamp of a document, `_sync: { version, source }`: what sync-core says of versions, in this language and in the
 * server's. One rule in all of them: a BSON integer or an integral double from 1 to 2^53 − 1, and a source that is known.
 * Everything else is no stamp.
 */

/** What a document says of itself. */
export interface DocumentStamp {
  /** `null`: unstamped. */
  readonly version: number | null;
  readonly source: Source;
}

const UNSTAMPED: DocumentStamp = { version: null, source: 'mongo' };

export function stampOf(document: Document): DocumentStamp {
  const stamp: unknown = document[STAMP_FIELD];
  if (typeof stamp !== 'object' || stamp === null || Array.isArray(stamp)) return UNSTAMPED;
  const { version, source } = stamp as { readonly version?: unknown; readonly source?: unknown };
  const number = versionIn(version);
  return number !== null && isSource(source) ? { version: number, source } : UNSTAMPED;
}

/** The version in a BSON value; `null`: it is none. */
export function versionIn(value: unknown): number | null {
  if (value instanceof Timestamp) return null; // to the driver a kind of long
  const isBoxed = value instanceof Long || value instanceof Int32 || value instanceof Double;
  const number = isBoxed ? Number(value.toString()) : value;
  return isVersion(number) ? number : null;
}

// ——— as the server computes it

const VERSION = `$${STAMP_FIELD}.version`;
const SOURCE = `$${STAMP_FIELD}.source`;

const IS_STAMPED: Document = {
  $and: [
    { $in: [{ $type: VERSION }, ['int', 'long', 'double']] },
    { $gte: [VERSION, 1] },
    { $lte: [VERSION, Number.MAX_SAFE_INTEGER] },
    { $eq: [VERSION, { $trunc: [VERSION] }] },
    { $in: [SOURCE, ['mongo', 'redis']] },
  ],
};

const NOW: Document = { $multiply: [{ $toDouble: '$$NOW' }, TICKS_PER_MS] };

/** The version of this moment by the server's clock, above the stored one and at least `floor + 1`. */
export function nextVersionExpression(floor = 0): Document {
  return { $max: [NOW, { $add: [storedVersion(0), 1] }, { $literal: floor + 1 }] };
}

/** The version of the document, or this where it has none. */
export function storedVersion(otherwise: unknown): Document {
  return { $cond: [IS_STAMPED, VERSION, otherwise] };
}

/** The same, above the version in `field` of a document that is no record (a tombstone). */
export function nextVersionAbove(field: string, floor: number): Document {
  return { $max: [NOW, { $add: [{ $ifNull: [`$${field}`, 0] }, 1] }, { $literal: floor + 1 }] };
}

// ——— as the server matches it

const NUMBER_TYPES = ['int', 'long', 'double'];

/** Matches documents with exactly this version, or one of these. (Plain equality looks into lists, and at decimals.) */
export function stampedWith(versions: number | readonly number[], source?: Source): Document {
  const list = typeof versions === 'number' ? [versions] : versions;
  return {
    [`${STAMP_FIELD}.version`]: { $in: list, $type: NUMBER_TYPES, $not: { $type: 'array' } },
    [`${STAMP_FIELD}.source`]: source ?? { $in: ['mongo', 'redis'] },
  };
}

/** Matches documents without a stamp, or with something that is none. For updates that insert nothing. */
export const UNSTAMPED_DOCUMENTS: Document = { $expr: { $not: [IS_STAMPED] } };
