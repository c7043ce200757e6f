import type { EntityDefinition, Precondition } from '@redis-mongo-sync/sync-core';
import type { Document, Filter } from 'mongodb';

const LIVE = { deleted: { $ne: true } };

/** Plain comparison with a key would also match a list with that key in it. */
const NO_LIST = { $not: { $type: 'array' } };

/** Living records with a usable key, above `after`. */
export function usable({ keyField }: EntityDefinition, after = ''): Filter<Document> {
  return { [keyField]: { $gt: after, ...NO_LIST }, ...LIVE };
}

/** Whatever has the key as the unique index sees it: also a tombstone, or a list with the key in it. */
export function keyed({ keyField }: EntityDefinition, key: string): Filter<Document> {
  return { [keyField]: key };
}

/** The living record with this key, if it meets the precondition. */
export function living(
  { keyField }: EntityDefinition,
  key: string,
  precondition: Precondition,
): Filter<Document> {
  const version =
    precondition.kind === 'version' ? { version: { $eq: precondition.version, ...NO_LIST } } : {};
  return { [keyField]: { $eq: key, ...NO_LIST }, ...LIVE, ...version };
}

/** Matches no document, so that an upsert inserts – or meets the unique index. */
export function vacant(entity: EntityDefinition, key: string): Filter<Document> {
  return { ...keyed(entity, key), version: { $in: [] } };
}

/**
 * The document if it still is what was seen: its key and stamp, of whatever type an outsider made them. `null` matches
 * a missing field as well.
 */
export function unchanged({ keyField }: EntityDefinition, seen: Document): Filter<Document> {
  const fields = ['_id', keyField, 'version', 'deleted'];
  return Object.fromEntries(fields.map((field) => [field, { $eq: (seen[field] as unknown) ?? null }]));
}
