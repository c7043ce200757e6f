import { TICKS_PER_MS } from '@redis-mongo-sync/sync-core';
import type { Document } from 'mongodb';

/* Versions as the server computes and compares them: what sync-core's version.ts states, in expressions and filters. */

const STORED_VERSION = {
  $cond: [
    { $and: [{ $isNumber: '$version' }, { $lte: ['$version', Number.MAX_SAFE_INTEGER] }] },
    '$version',
    0,
  ],
};

/** The version of this moment by the server's clock, above the stored one and at least `floor + 1`. */
export function nextVersionExpression(floor = 0): Document {
  return { $max: [NOW, { $add: [STORED_VERSION, 1] }, { $literal: floor + 1 }] };
}

const NOW = { $multiply: [{ $toDouble: '$$NOW' }, TICKS_PER_MS] };

/** A stage that sets `updatedAt` by the version that an earlier stage set. */
export const UPDATED_AT: Document = {
  $set: { updatedAt: { $floor: { $divide: ['$version', TICKS_PER_MS] } } },
};

/**
 * Matches versions from `from` to `to`, as {@link versionOfDocument} reads them: without the fraction that an outsider
 * may have given, and nothing that is no version. (Plain comparisons look into arrays, too.)
 */
export function versionsBetween(from: number, to: number): Document {
  return { $gte: Math.max(from, 1), $lt: to + 1, $not: { $type: 'array' } };
}

/** Matches documents without a version, or with something that is none. */
export const UNSTAMPED: Document = { $nor: [{ version: versionsBetween(1, Number.MAX_SAFE_INTEGER) }] };
