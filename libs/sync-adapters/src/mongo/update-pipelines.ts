import {
  fieldRole,
  fieldsOf,
  sharedFields,
  stampFields,
  SYSTEM_FIELDS,
  type ChangeEvent,
  type EntityDefinition,
  type WriteCommand,
} from '@redis-mongo-sync/sync-core';
import type { Document } from 'mongodb';
import { jsonToBson } from './bson-json.js';
import { nextVersionExpression, UPDATED_AT } from './version-expressions.js';

/*
 * Aggregation pipelines that write a record. They run inside the server, so the version is assigned in the same
 * atomic step as the write. Client strings go in as `$literal`, or `$`-strings would be read as field paths.
 */

/** What a client writes into a record. */
export interface RecordContents extends Pick<WriteCommand, 'key' | 'mode' | 'set' | 'unset'> {
  /** The version that the record's new one must be above. */
  readonly floor?: number;
}

/** A client's write; it also revives a tombstone. */
export function writePipeline(entity: EntityDefinition, contents: RecordContents): Document[] {
  return contents.mode === 'replace' ? replacePipeline(entity, contents) : mergePipeline(entity, contents);
}

/** Sets and removes shared fields of a record. */
function mergePipeline(
  { keyField }: EntityDefinition,
  { key, set, unset, floor }: RecordContents,
): Document[] {
  const literals = Object.entries({ ...set, [keyField]: key }).map(([field, value]) => [
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
function replacePipeline(entity: EntityDefinition, { key, set, floor }: RecordContents): Document[] {
  const profile = jsonToBson({ ...set, [entity.keyField]: key });
  const stamp = { version: nextVersionExpression(floor), source: 'mongo' };
  return [...replaceShared(entity, profile, stamp), UPDATED_AT];
}

/** A client's delete: the tombstone keeps the Mongo-owned fields (such as a balance), not the hidden ones. */
export function tombstonePipeline(
  entity: EntityDefinition,
  key: string,
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
  if (event.op === 'delete') return [bury(entity, event.key, stamp, tombstoneTtlMs)];
  const shared = sharedFields(entity, fieldsOf(event));
  return replaceShared(entity, jsonToBson({ ...shared, [entity.keyField]: event.key }), stamp);
}

interface TombstoneOptions {
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

function bury(entity: EntityDefinition, key: string, stamp: Document, ttlMs: number): Document {
  const grave = { [entity.keyField]: { $literal: key }, deleted: true, purgeAt: { $add: ['$$NOW', ttlMs] } };
  return { $replaceWith: { $mergeObjects: [keep(entity.ownedFields), grave, stamp] } };
}

/** An expression for these fields of the present document, and its `_id`. Missing ones stay missing. */
function keep(fields: readonly string[]): Document {
  return Object.fromEntries(['_id', ...fields].map((field) => [field, `$${field}`]));
}
