import { pickFields, type JsonObject } from './json.js';

/** The one sub-document that the sync keeps in Mongo documents, and the head of a record's text in Redis. */
export const STAMP_FIELD = '_sync';

/** Fields that no client writes and Redis does not show: the document's id, the stamp, and mongoose's version key. */
export const SYSTEM_FIELDS = ['_id', STAMP_FIELD, '__v'] as const;

/**
 * Who owns a top-level field:
 * - `shared`: written by clients on either side, Last-Write-Wins;
 * - `owned`: written in Mongo only, shown in Redis;
 * - `hidden`: written in Mongo only, never leaves it (credentials, fields outside the projection);
 * - `system`: the document's id, and the sync's own.
 */
export type FieldRole = 'shared' | 'owned' | 'hidden' | 'system';

/** The BSON type of a record key. Each has one text form; see `record-key.ts`. */
export const KEY_TYPES = ['string', 'number', 'objectId', 'uuid'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

/**
 * What becomes of two versions of a record that were made without knowing of each other. The loser is in the conflict
 * log under every policy.
 * - `last-write-wins`: the higher version stands;
 * - `merge-fields`: fields that one side changed are taken from it; of a field that both changed, the newer change;
 * - `prefer-mongo`, `prefer-redis`: that side's stands, above both versions.
 */
export const CONFLICT_POLICIES = ['last-write-wins', 'merge-fields', 'prefer-mongo', 'prefer-redis'] as const;
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];

/** One kind of record that is kept in sync. Adding one is configuration: write a definition and register it. */
export interface EntityDefinition {
  /** Name in events, metrics and URLs, e.g. `users`. */
  readonly name: string;
  /** Collection in Mongo. */
  readonly collection: string;
  /** Top-level field that is the record key, e.g. `email`; may be `_id`. Unique in Mongo. */
  readonly keyField: string;
  /** Of which type the record key is in Mongo; a document with one of another type is not synced. Default: string. */
  readonly keyType?: KeyType;
  /** Redis key of the projection; `{key}` is the record key, e.g. `user:{key}`. */
  readonly keyTemplate: string;
  /**
   * Redis key under which other software caches the record; `{id}` is the Mongo `_id`, e.g. `user:{id}`. The sync writes
   * none; a backfill from Redis leaves such keys alone.
   */
  readonly cacheKeyTemplate?: string;
  /**
   * Validates and normalises the text of a record key. Throws {@link InvalidKeyError}. A document whose key is not in
   * this form is not synced.
   */
  readonly normalizeKey: (raw: unknown) => string;
  /**
   * The form that `normalizeKey` gives to a record key, for writers that cannot call it (`FCALL`). `any`: what its type
   * allows. Default: any.
   */
  readonly keyForm?: 'email' | 'any';
  /** Fields without which a record is not created. */
  readonly requiredOnCreate: readonly string[];
  /** Mongo-owned fields that Redis shows. */
  readonly ownedFields: readonly string[];
  /** Fields that never leave Mongo. */
  readonly secretFields: readonly string[];
  /** When given, only these fields (and the key) are shared; the others never leave Mongo. */
  readonly projection?: readonly string[];
  /** What becomes of two writes that were made without knowing of each other. Default: `last-write-wins`. */
  readonly conflict?: ConflictPolicy;
  /** When given, the projection in Redis expires after this many seconds without a write. */
  readonly ttlSeconds?: number;
  /** When given, only records that pass are shown in Redis; a record that stops passing is removed there. */
  readonly filter?: (fields: JsonObject) => boolean;
}

/** Thrown by {@link EntityDefinition.normalizeKey}: the raw value cannot be a record key. */
export class InvalidKeyError extends Error {
  override readonly name = 'InvalidKeyError';
}

export function fieldRole(entity: EntityDefinition, field: string): FieldRole {
  if (field === entity.keyField) return 'shared';
  if ((SYSTEM_FIELDS as readonly string[]).includes(field)) return 'system';
  if (entity.secretFields.includes(field)) return 'hidden';
  if (entity.ownedFields.includes(field)) return 'owned';
  if (entity.projection && !entity.projection.includes(field)) return 'hidden';
  return 'shared';
}

/** The fields that Redis may show. */
export function visibleFields(entity: EntityDefinition, fields: JsonObject): JsonObject {
  return pickFields(fields, (field) => {
    const role = fieldRole(entity, field);
    return role === 'shared' || role === 'owned';
  });
}

/** The fields that a client of either side may write. */
export function sharedFields(entity: EntityDefinition, fields: JsonObject): JsonObject {
  return pickFields(fields, (field) => fieldRole(entity, field) === 'shared');
}

/** The Redis key of a record's projection. */
export function projectionKey(entity: EntityDefinition, key: string): string {
  return entity.keyTemplate.replace('{key}', () => key);
}
