import { fieldsOf, type ChangeEvent } from './change-event.js';
import { visibleFields, type EntityDefinition } from './entity.js';
import type { JsonObject } from './json.js';
import type { FieldMerge } from './merge-fields.js';
import type { MongoImage } from './mongo-image.js';
import { stampFields, type Source } from './stamp.js';

/**
 * Why one version lost:
 * - `newer-version`: both were made without knowing of each other, and the other one's version is higher;
 * - `mongo-preferred-at-equal-version`: the same, with equal versions;
 * - `merged`: the entity merges fields, and both versions are in what stands now, but for the fields named as lost;
 * - `preferred-side`: the entity prefers the other side, whichever is newer;
 * - `unstamped-write-in-mongo`: an outsider wrote into Mongo without a version; what is found there wins;
 * - `overtaken`: a later write of the same store arrived first. Nearly always it had seen the loser, but that
 *   can't be told for sure any more, so the loser is kept. Not counted as a conflict.
 */
export const CONFLICT_REASONS = [
  'newer-version',
  'mongo-preferred-at-equal-version',
  'merged',
  'preferred-side',
  'unstamped-write-in-mongo',
  'overtaken',
] as const;
export type ConflictReason = (typeof CONFLICT_REASONS)[number];

/**
 * `discarded`: the loser came too late and was never written; `overwritten`: it was stored, and was replaced; `merged`:
 * the fields of it that did not lose were written.
 */
export type ConflictOutcome = 'discarded' | 'overwritten' | 'merged';

/** One of the two versions. Fields that never leave Mongo are not in it. */
export interface ConflictSide {
  /** `null`: unstamped. */
  readonly version: number | null;
  readonly source: Source;
  /** Epoch ms. */
  readonly updatedAt: number | null;
  /** `null`: a delete. */
  readonly content: JsonObject | null;
}

/** A version that lost, and the one it lost to. */
export interface Conflict {
  readonly entity: string;
  readonly key: string;
  readonly reason: ConflictReason;
  readonly how: ConflictOutcome;
  readonly winner: ConflictSide;
  readonly loser: ConflictSide & { readonly version: number };
  /** Where the entity merges fields: what became of those that the loser – the Redis write – had changed. */
  readonly fields?: FieldMerge;
}

/** What identifies a conflict: the version that lost, and of one that was merged, what it met. */
export interface ConflictIdentity {
  readonly entity: string;
  readonly key: string;
  readonly loser: { readonly version: number; readonly source: Source };
  readonly winner?: Pick<ConflictSide, 'version' | 'source'>;
  readonly fields?: FieldMerge;
}

/**
 * The same loss has the same id, however often it is met. A merge is another one with each version that it is tried with:
 * which fields lose depends on that.
 */
export function conflictIdOf({ entity, key, loser, winner, fields }: ConflictIdentity): string {
  const met = fields && winner ? `:${winner.version}:${winner.source}` : '';
  return `${entity}:${key}:${loser.version}:${loser.source}${met}`;
}

/** The side of an event: what it would have written. */
export function sideOfEvent(
  entity: EntityDefinition,
  event: ChangeEvent,
): ConflictSide & { readonly version: number } {
  return {
    ...stampFields(event),
    content: event.payload === null ? null : visibleFields(entity, fieldsOf(event)),
  };
}

/** The side of what Mongo holds. */
export function sideOfImage(
  entity: EntityDefinition,
  image: Pick<MongoImage, 'version' | 'source' | 'deleted' | 'fields'>,
): ConflictSide {
  const { version, source } = image;
  return {
    ...(version === null ? { version, source, updatedAt: null } : stampFields({ version, source })),
    content: image.deleted ? null : visibleFields(entity, image.fields),
  };
}
