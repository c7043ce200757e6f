import { keyValue, STAMP_FIELD, type EntityDefinition, type Precondition } from '@redis-mongo-sync/sync-core';
import type { Document, Filter } from 'mongodb';
import { jsonToBson } from './bson-json.js';
import { stampedWith } from './document-stamp.js';
import { lowestKey } from './key-index.js';

/** Plain comparison with a key would also match a list with that key in it. */
const NO_LIST = { $not: { $type: 'array' } };

/** A record key as the value that stands in documents. */
export function keyInMongo(entity: EntityDefinition, key: string): unknown {
  return jsonToBson(keyValue(entity, key));
}

/** Documents with a key of the entity's type; above this one (as it stands in a document), in the order of the index. */
export function withUsableKey(entity: EntityDefinition, above?: unknown): Filter<Document> {
  const range = above === undefined ? lowestKey(entity) : { $gt: above };
  return { [entity.keyField]: { ...range, ...NO_LIST } };
}

/** The document that keeps this key from others, by the unique index: also one with the key in a list. */
export function holding(entity: EntityDefinition, key: string): Filter<Document> {
  return { [entity.keyField]: keyInMongo(entity, key) };
}

/** The documents with these keys. */
export function keyedIn(entity: EntityDefinition, keys: readonly string[]): Filter<Document> {
  return { [entity.keyField]: { $in: keys.map((key) => keyInMongo(entity, key)), ...NO_LIST } };
}

/** The document with this key, if it meets the precondition. */
export function meeting(entity: EntityDefinition, key: string, precondition: Precondition): Filter<Document> {
  const version = precondition.kind === 'version' ? stampedWith(precondition.version) : {};
  return { [entity.keyField]: { $eq: keyInMongo(entity, key), ...NO_LIST }, ...version };
}

/** Matches no document, so that an upsert inserts – or meets the unique index. */
export function vacant(entity: EntityDefinition, key: string): Filter<Document> {
  return { [entity.keyField]: keyInMongo(entity, key), [`${STAMP_FIELD}.version`]: { $in: [] } };
}

/**
 * The document if it still is what was seen: its key and stamp, of whatever type an outsider made them. `null` matches
 * a missing field as well.
 */
export function unchanged({ keyField }: EntityDefinition, seen: Document): Filter<Document> {
  const fields = ['_id', keyField, STAMP_FIELD];
  return Object.fromEntries(fields.map((field) => [field, { $eq: (seen[field] as unknown) ?? null }]));
}
