import {
  keyOfValue,
  STAMP_FIELD,
  visibleFields,
  type EntityDefinition,
  type FieldVersions,
  type MergeMark,
  type JsonObject,
  type MongoImage,
  type SyncRecord,
  type UnsyncableReason,
} from '@redis-mongo-sync/sync-core';
import type { Document } from 'mongodb';
import { bsonToJson, fieldsToJson } from './bson-json.js';
import { idText } from './document-ids.js';
import { stampOf, versionIn } from './document-stamp.js';

/** A document that is a record. */
export type DocumentImage = MongoImage & { readonly id: string };

/** What the sync sees of a document: a record, or why it is none. */
export type SeenDocument =
  | { readonly image: DocumentImage }
  | { readonly image: null; readonly id: string; readonly reason: UnsyncableReason };

export function seeDocument(entity: EntityDefinition, document: Document): SeenDocument {
  const id = idText(document._id);
  const found = keyOf(entity, document);
  if ('reason' in found) return { image: null, id, reason: found.reason };
  const image = {
    id,
    key: found.key,
    ...stampOf(document),
    deleted: false,
    fields: fieldsOfDocument(entity, document),
  };
  return { image: entity.conflict === 'merge-fields' ? { ...image, ...fieldVersionsOf(document) } : image };
}

/** `null`: the document is no record. */
export function imageOf(entity: EntityDefinition, document: Document): DocumentImage | null {
  return seeDocument(entity, document).image;
}

/** The record key of a document, or why it has none. */
export function keyOf(entity: EntityDefinition, document: Document): ReturnType<typeof keyOfValue> {
  const value: unknown = document[entity.keyField];
  return keyOfValue(entity, value === undefined ? undefined : bsonToJson(value));
}

/** The living record in a document that is known to be one. */
export function recordOf(entity: EntityDefinition, document: Document): SyncRecord {
  const image = imageOf(entity, document);
  if (!image) throw new Error(`document ${idText(document._id)} is not a record`);
  return recordIn(image);
}

export function recordIn({ key, version, source, fields }: MongoImage): SyncRecord {
  return { key, version: version ?? 0, source, fields };
}

function fieldsOfDocument(entity: EntityDefinition, document: Document): JsonObject {
  // Hidden fields are dropped before they are converted: they may be large, and they never leave Mongo.
  return fieldsToJson(visibleFields(entity, document));
}

/** Where nothing is on record of its fields, any of them may have been changed at the document's version. */
function fieldVersionsOf(document: Document): { readonly fieldVersions: FieldVersions } {
  const stamp = document[STAMP_FIELD] as Document | undefined;
  const named: unknown = stamp?.fields;
  if (typeof named !== 'object' || named === null || Array.isArray(named))
    return { fieldVersions: { of: {}, all: stampOf(document).version ?? 0 } };
  const of = new Map<string, number>();
  const made = new Map<string, number>();
  for (const [field, value] of Object.entries(named)) {
    const [at, by] = (Array.isArray(value) ? value : [value]).map(versionIn);
    if (at) of.set(field, at);
    if (at && by) made.set(field, by);
  }
  const merged = mergeMarkIn(stamp?.merged);
  const all = versionIn(stamp?.all) ?? 0;
  const versions = { of: Object.fromEntries(of), made: Object.fromEntries(made), all };
  return { fieldVersions: { ...versions, ...(merged ? { merged } : {}) } };
}

function mergeMarkIn(mark: unknown): MergeMark | null {
  if (typeof mark !== 'object' || mark === null) return null;
  const { at, made, claimed, known } = mark as Partial<Record<keyof MergeMark, unknown>>;
  const [version, by] = [versionIn(at), versionIn(made)];
  if (version === null || by === null) return null;
  return { at: version, made: by, claimed: versionIn(claimed) ?? 0, known: versionIn(known) ?? 0 };
}
