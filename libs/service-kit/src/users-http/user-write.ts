import type { JsonObject } from '@redis-mongo-sync/sync-core';
import type { Conditions } from '../http/entity-tags.js';

/**
 * - `upsert` (POST): creates, or sets the given fields and keeps the others;
 * - `replace` (PUT): the given fields are the profile;
 * - `merge` (PATCH): like `upsert`, but never creates, and `null` removes a field.
 */
export type UserWriteKind = 'upsert' | 'replace' | 'merge';

/** A validated write. */
export interface UserWrite {
  readonly kind: UserWriteKind;
  readonly email: string;
  /** The e-mail that the user shall have from now on, where it is another one. */
  readonly newEmail?: string;
  /** Fields to set, without `email`. */
  readonly set: JsonObject;
  readonly unset: readonly string[];
  readonly conditions: Conditions;
}

/** A validated delete. */
export interface UserRemoval {
  readonly email: string;
  readonly conditions: Conditions;
}
