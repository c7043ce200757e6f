import {
  canonicalJson,
  updatedAtOf,
  versionOf,
  type Direction,
  type RecordState,
  type Source,
} from '@redis-mongo-sync/sync-core';
import type { ConflictPageView } from './conflict-view.js';

/** What a store holds of a record, without its content. */
export interface HeldView {
  readonly state: RecordState['state'];
  readonly version: number | null;
  readonly source: Source | null;
  /** ISO time. */
  readonly updatedAt: string | null;
}

export interface RecordHistoryView extends ConflictPageView {
  readonly entity: string;
  readonly key: string;
  readonly stores: {
    readonly mongo: HeldView;
    readonly redis: HeldView;
    /** Same state, same stamp, same content. */
    readonly equal: boolean;
    /** The newest version in flight in each direction; `null`: none. */
    readonly inFlight: Readonly<Record<Direction, number | null>>;
  };
}

export interface RestoredView {
  readonly key: string;
  readonly outcome: 'created' | 'updated' | 'removed';
  readonly version: number;
  readonly source: Source;
  /** ISO time. */
  readonly updatedAt: string;
}

export type RestoreResult =
  | { readonly outcome: 'restored'; readonly record: RestoredView }
  | { readonly outcome: 'unknown' | 'not-kept' | 'nothing-to-do' };

export function heldView(state: RecordState): HeldView {
  if (state.state === 'absent') return { state: 'absent', version: null, source: null, updatedAt: null };
  const { source } = state.state === 'live' ? state.record : state.stamp;
  const version = versionOf(state);
  const updatedAt = version > 0 ? new Date(updatedAtOf(version)).toISOString() : null;
  return { state: state.state, version: version > 0 ? version : null, source, updatedAt };
}

export function isEqual(mongo: RecordState, redis: RecordState): boolean {
  if (mongo.state !== redis.state || versionOf(mongo) !== versionOf(redis)) return false;
  if (mongo.state !== 'live' || redis.state !== 'live') return true;
  return (
    mongo.record.source === redis.record.source &&
    canonicalJson(mongo.record.fields) === canonicalJson(redis.record.fields)
  );
}
