import {
  fieldRole,
  fieldsOf,
  sharedFields,
  stampFields,
  SYSTEM_FIELDS,
  type ChangeEvent,
  type EntityDefinition,
  type JsonObject,
} from '@redis-mongo-sync/sync-core';
import type { Document } from 'mongodb';
import { jsonToBson } from './bson-json.js';
import { nextVersionExpression, UPDATED_AT } from './version-expressions.js';

/*
 * Aggregation pipelines that write a record. They run inside the server, so the version is assigned in the same
 * atomic step as the write. Client strings go in as `$literal`, or `$`-strings would be read as field paths.
 */

/** Sets and removes shared fields of a record, revives a tombstone. */
export function mergePipeline(
  key: KeyValue,
  set: JsonObject,
  unset: readonly string[],
  floor = 0,
): Document[] {
  const literals = Object.entries({ ...set, [key.field]: key.value }).map(([field, value]) => [
    field,
    { $literal: jsonToBson(value) },
  ]);
  return [
    {
      $set: {
        ...(Object.fromEntries(literals) as Document),
        version: nextVersionExpression(floor),
        source: 'mongo',
      },
    },
    UPDATED_AT,
    { $unset: [...unset, 'deleted', 'purgeAt'] },
  ];
}

/** Replaces all shared fields of a record; owned and hidden ones stay. */
export function replacePipeline(
  entity: EntityDefinition,
  key: KeyValue,
  set: JsonObject,
  floor = 0,
): Document[] {
  const profile = jsonToBson({ ...set, [key.field]: key.value });
  const stamp = { version: nextVersionExpression(floor), source: 'mongo' };
  return [...replaceShared(entity, profile, stamp), UPDATED_AT];
}

/** A client's delete: the tombstone keeps the Mongo-owned fields (money is nobody's to drop), not the hidden ones. */
export function tombstonePipeline(
  entity: EntityDefinition,
  key: KeyValue,
  options: TombstoneOptions,
): Document[] {
  return [
    bury(entity, key, { version: nextVersionExpression(options.floor), source: 'mongo' }, options.ttlMs),
    UPDATED_AT,
  ];
}

/** Writes what a change event says, with the event's own stamp. */
export function eventPipeline(
  entity: EntityDefinition,
  event: ChangeEvent,
  tombstoneTtlMs: number,
): Document[] {
  const stamp = stampFields(event);
  const key = { field: entity.keyField, value: event.key };
  if (event.op === 'delete') return [bury(entity, key, stamp, tombstoneTtlMs)];
  const shared = sharedFields(entity, fieldsOf(event));
  return replaceShared(entity, jsonToBson({ ...shared, [key.field]: key.value }), stamp);
}

export interface KeyValue {
  readonly field: string;
  readonly value: string;
}

export interface TombstoneOptions {
  readonly ttlMs: number;
  readonly floor?: number;
}

function replaceShared(entity: EntityDefinition, profile: unknown, stamp: Document): Document[] {
  if (!entity.projection) {
    const kept = keep([...entity.ownedFields, ...entity.secretFields]);
    return [{ $replaceWith: { $mergeObjects: [kept, { $literal: profile }, stamp] } }];
  }
  const shared = entity.projection.filter((field) => fieldRole(entity, field) === 'shared');
  const gone = [...shared, ...SYSTEM_FIELDS.filter((field) => field !== '_id')];
  return [
    { $unset: [...new Set(gone)] },
    { $replaceWith: { $mergeObjects: ['$$ROOT', { $literal: profile }, stamp] } },
  ];
}

function bury(entity: EntityDefinition, key: KeyValue, stamp: Document, ttlMs: number): Document {
  const grave = { [key.field]: { $literal: key.value }, deleted: true, purgeAt: { $add: ['$$NOW', ttlMs] } };
  return { $replaceWith: { $mergeObjects: [keep(entity.ownedFields), grave, stamp] } };
}

/** An expression for these fields of the present document, and its `_id`. Missing ones stay missing. */
function keep(fields: readonly string[]): Document {
  return Object.fromEntries(['_id', ...fields].map((field) => [field, `$${field}`]));
}
