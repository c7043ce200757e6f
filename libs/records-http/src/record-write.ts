import { pickFields, type EntityDefinition, type JsonObject } from '@redis-mongo-sync/sync-core';
import type { Conditions } from './entity-tags.js';

/**
 * - `upsert` (POST): creates, or sets the given fields and keeps the others;
 * - `replace` (PUT): the given fields are the profile;
 * - `merge` (PATCH): like `upsert`, but never creates, and `null` removes a field.
 */
export type RecordWriteKind = 'upsert' | 'replace' | 'merge';

/** A validated write. */
export interface RecordWrite {
  readonly kind: RecordWriteKind;
  readonly key: string;
  /** The key that the record shall have from now on, where it is another one. */
  readonly newKey?: string;
  /** Fields to set, without the key field. */
  readonly set: JsonObject;
  readonly unset: readonly string[];
  readonly conditions: Conditions;
}

/** A validated delete. */
export interface RecordRemoval {
  readonly key: string;
  readonly conditions: Conditions;
}

export interface WriteRequest {
  readonly kind: RecordWriteKind;
  /** Key of the path; without one (POST) the body has it. */
  readonly pathKey?: string;
  readonly body: RecordBody;
  readonly conditions: Conditions;
}

/** A validated body: fields with rules of their own, the record key among them, and the profile. */
export interface RecordBody {
  readonly profile: JsonObject;
}

/** The body as it was sent, but for normal forms. */
export function membersOf({ profile, ...named }: RecordBody): JsonObject {
  return { ...named, ...profile };
}

/** What a request wants written. */
export function writeOf(
  entity: EntityDefinition,
  { kind, pathKey, body, conditions }: WriteRequest,
): RecordWrite {
  const { [entity.keyField]: bodyKey, ...fields } = membersOf(body);
  const wanted = (bodyKey ?? pathKey) as string;
  const key = pathKey ?? wanted;
  const removes = (field: string) => kind === 'merge' && fields[field] === null;
  return {
    kind,
    key,
    ...(wanted === key ? {} : { newKey: wanted }),
    set: pickFields(fields, (field) => !removes(field)),
    unset: Object.keys(fields).filter(removes),
    conditions,
  };
}
