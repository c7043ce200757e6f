import { pickFields, type JsonObject } from './json.js';

/** Fields that the sync itself keeps in Mongo documents. No client writes them. */
export const SYSTEM_FIELDS = ['_id', '__v', 'version', 'updatedAt', 'source', 'deleted', 'purgeAt'] as const;

/**
 * Who owns a top-level field:
 * - `shared`: written by clients on either side, Last-Write-Wins;
 * - `owned`: written in Mongo only, shown in Redis;
 * - `hidden`: written in Mongo only, never leaves it (credentials, fields outside the projection);
 * - `system`: the sync's own.
 */
export type FieldRole = 'shared' | 'owned' | 'hidden' | 'system';

/** One kind of record that is kept in sync. Adding one is configuration: write a definition and register it. */
export interface EntityDefinition {
  /** Name in events, metrics and URLs, e.g. `users`. */
  readonly name: string;
  /** Collection in Mongo. */
  readonly collection: string;
  /** Top-level string field that is the record key, e.g. `email`. Unique in Mongo. */
  readonly keyField: string;
  /** Redis key of the projection; `{key}` is the record key, e.g. `user:{key}`. */
  readonly keyTemplate: string;
  /**
   * Redis key under which other software caches the record; `{id}` is the Mongo `_id`, e.g. `user:{id}`. The sync writes
   * none; a backfill from Redis leaves such keys alone.
   */
  readonly cacheKeyTemplate?: string;
  /** Validates and normalises a record key. Throws {@link InvalidKeyError}. */
  readonly normalizeKey: (raw: unknown) => string;
  /** Fields without which a record is not created. */
  readonly requiredOnCreate: readonly string[];
  /** Mongo-owned fields that Redis shows. */
  readonly ownedFields: readonly string[];
  /** Fields that never leave Mongo. */
  readonly secretFields: readonly string[];
  /** When given, only these fields (and the key) are shared; the others never leave Mongo. */
  readonly projection?: readonly string[];
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
  if ((SYSTEM_FIELDS as readonly string[]).includes(field)) return 'system';
  if (field === entity.keyField) return 'shared';
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
