import {
  keyValue,
  type EntityDefinition,
  type Json,
  type JsonObject,
  type RecordPage,
  type SyncRecord,
} from '@redis-mongo-sync/sync-core';
import { Answer, JSON_CONTENT_TYPE } from '@redis-mongo-sync/service-kit';
import { encodeCursor } from './cursor.js';
import { entityTag } from './entity-tags.js';
import { shownStamp } from './read-back.js';

/** The version that an answer speaks of: the one written, or the one this store has. Works as `?after=`. */
export const SYNC_POSITION_HEADER = 'sync-position';

export interface Written {
  readonly version: number;
  /** The keys whose records now have this version or a higher one. */
  readonly keys: readonly string[];
}

/** An answer about records. */
export class RecordAnswer extends Answer {
  constructor(
    { status, body, headers }: Pick<Answer, 'status' | 'body' | 'headers'>,
    /** What a write has put into the store. Absent when it changed nothing. */
    readonly written?: Written,
  ) {
    super(status, body, headers);
  }
}

/** A record as clients see it; its stamp comes last. */
export function recordJson(entity: EntityDefinition, record: SyncRecord): JsonObject {
  const { key, fields } = record;
  const required = entity.requiredOnCreate.map((field): [string, Json] => [field, fields[field] ?? null]);
  return {
    [entity.keyField]: keyValue(entity, key),
    ...Object.fromEntries(required),
    ...fields,
    ...shownStamp(record, fields),
  };
}

/** A record as it is found at `location`, with its entity tag. */
export function locatedAnswer(
  status: 200 | 201,
  json: object,
  { location, version }: { readonly location: string; readonly version: number },
): Answer {
  return new Answer(status, JSON.stringify(json), {
    ...JSON_HEADERS,
    etag: entityTag(version),
    location,
    [SYNC_POSITION_HEADER]: String(version),
  });
}

/** One page; the list is named like the entity. */
export function listAnswer(name: string, items: readonly object[], next: string | undefined): Answer {
  const nextCursor = next === undefined ? null : encodeCursor(next);
  return new Answer(200, JSON.stringify({ [name]: items, nextCursor }), JSON_HEADERS);
}

export function pageAnswer(entity: EntityDefinition, { records, next }: RecordPage): Answer {
  const items = records.map((record) => recordJson(entity, record));
  return listAnswer(entity.name, items, next);
}

const JSON_HEADERS = { 'content-type': JSON_CONTENT_TYPE, 'cache-control': 'no-cache' };

/** A record key as a segment of a path. `@` needs no escape there. */
export function pathSegment(key: string): string {
  return encodeURIComponent(key).replaceAll('%40', '@');
}
