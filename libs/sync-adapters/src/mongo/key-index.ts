import type { EntityDefinition, KeyType } from '@redis-mongo-sync/sync-core';
import { BSON, ObjectId, UUID, type CreateIndexesOptions, type Document } from 'mongodb';

/**
 * Below every key of a type. Comparisons stay within one type, so that `{ $gte: LOWEST }` matches keys of the right type
 * and nothing else. It is no `$type`: an index that is partial by `$type` is not used for `{ email: 'ada@…' }`, for the
 * server does not see that the one implies the other.
 */
const LOWEST: Readonly<Record<KeyType, Document>> = {
  string: { $gt: '' },
  number: { $gte: -Infinity },
  objectId: { $gte: new ObjectId('000000000000000000000000') },
  uuid: { $gte: new UUID('00000000-0000-0000-0000-000000000000') },
};

/** A condition that all keys of the entity's type fulfil. */
export function lowestKey({ keyType = 'string' }: EntityDefinition): Document {
  return LOWEST[keyType];
}

/** The unique index on the record key for a collection with documents that have none: they are left out of it. */
export function partialKeyIndex(entity: EntityDefinition): {
  readonly key: Document;
  readonly options: CreateIndexesOptions;
} {
  const { keyField } = entity;
  const partialFilterExpression = { [keyField]: lowestKey(entity) };
  return {
    key: { [keyField]: 1 },
    options: { name: `${keyField}_unique`, unique: true, partialFilterExpression },
  };
}

/**
 * Whether this index keeps record keys unique and serves lookups by them: unique, over the key alone, with the simple
 * collation, over all documents or all that have a key.
 *
 * @param index as `listIndexes` shows it
 */
export function isKeyIndex(entity: EntityDefinition, index: Document): boolean {
  const { keyField } = entity;
  const fields = Object.keys((index.key ?? {}) as Document);
  if (index.unique !== true || index.hidden === true || index.collation !== undefined) return false;
  return fields.length === 1 && fields[0] === keyField && holdsEveryKey(entity, index);
}

function holdsEveryKey(entity: EntityDefinition, { partialFilterExpression }: Document): boolean {
  if (partialFilterExpression === undefined) return true;
  const filter = partialFilterExpression as Document;
  const allowed: readonly Document[] = [{ $exists: true }, lowestKey(entity)];
  const condition = BSON.EJSON.stringify(filter[entity.keyField]);
  return Object.keys(filter).length === 1 && allowed.some((one) => BSON.EJSON.stringify(one) === condition);
}
