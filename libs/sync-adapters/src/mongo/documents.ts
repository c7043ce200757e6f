import {
  visibleFields,
  type EntityDefinition,
  type JsonObject,
  type MongoImage,
  type RecordState,
  type SyncRecord,
} from '@redis-mongo-sync/sync-core';
import { Decimal128, Long, type Document } from 'mongodb';
import { bsonToJson } from './bson-json.js';

/** The version of a document; `null` when it has none, or something that cannot be one. */
export function versionOfDocument(document: Document): number | null {
  const stored: unknown = document.version;
  const isNumber = typeof stored === 'number' || stored instanceof Long || stored instanceof Decimal128;
  const version = isNumber ? Number(stored.toString()) : Number.NaN;
  return version >= 1 && version <= Number.MAX_SAFE_INTEGER ? Math.floor(version) : null;
}

/** What the sync sees of a document; `null` when it has no usable record key. */
export function imageOf(entity: EntityDefinition, document: Document): MongoImage | null {
  const key: unknown = document[entity.keyField];
  if (typeof key !== 'string' || key.length === 0) return null;
  const deleted = document.deleted === true;
  return {
    id: String(document._id),
    key,
    version: versionOfDocument(document),
    source: document.source === 'redis' ? 'redis' : 'mongo',
    deleted,
    fields: deleted ? {} : fieldsOfDocument(entity, document),
  };
}

/** What clients see of a document. */
export function stateOf(entity: EntityDefinition, document: Document | null): RecordState {
  const image = document && imageOf(entity, document);
  if (!image) return { state: 'absent' };
  const stamp = { version: image.version ?? 0, source: image.source };
  if (image.deleted) return { state: 'deleted', stamp };
  return { state: 'live', record: { ...stamp, key: image.key, fields: image.fields } };
}

/** The living record in a document that is known to be one. */
export function recordOf(entity: EntityDefinition, document: Document): SyncRecord {
  const state = stateOf(entity, document);
  if (state.state !== 'live') throw new Error(`document ${String(document._id)} is not a living record`);
  return state.record;
}

function fieldsOfDocument(entity: EntityDefinition, document: Document): JsonObject {
  // Hidden fields are dropped before they are converted: they may be large, and they never leave Mongo.
  const visible = visibleFields(entity, document);
  return bsonToJson(visible) as JsonObject;
}
