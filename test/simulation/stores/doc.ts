import {
  isSource,
  isVersion,
  keyOfValue,
  payloadOf,
  pickFields,
  visibleFields,
  type EntityDefinition,
  type FieldVersions,
  type Json,
  type JsonObject,
  type MergeMark,
  type MongoImage,
  type Source,
  type Stamp,
  type UnsyncableReason,
} from '@redis-mongo-sync/sync-core';
import type { Seen } from '../checks/observer.js';

/** What a document holds. */
export interface DocContent {
  /** Of the document: canonical Extended JSON. */
  readonly id: string;
  /** What stands in `_sync`, as Extended JSON; `undefined`: nothing. Outsiders put anything there. */
  readonly stamp: Json | undefined;
  /** All other fields, key field included. */
  readonly fields: JsonObject;
  /** An opaque mark for the bytes of each field: who really writes a field gives it another. */
  readonly bytes: Readonly<Record<string, string>>;
}

/** A document, and what the sync reads in it. */
export interface Doc extends DocContent {
  /** `null`: it is not syncable. */
  readonly key: string | null;
  readonly reason: UnsyncableReason | null;
  /** `null`: unstamped. */
  readonly version: number | null;
  readonly source: Source;
  readonly fieldVersions: FieldVersions | null;
}

/** A document of which the sync can show a record. */
export type RecordDoc = Doc & { readonly key: string };

export interface Tombstone extends Stamp {
  readonly key: string;
  /** What Mongo owned of the record, for when it comes back. */
  readonly owned: JsonObject;
}

/** @param versionOf reads the number in a stamp; `null`: it is none */
export function docOf(entity: EntityDefinition, content: DocContent, versionOf = numberIn): Doc {
  const key = keyOfValue(entity, content.fields[entity.keyField]);
  return {
    ...content,
    key: 'key' in key ? key.key : null,
    reason: 'key' in key ? null : key.reason,
    ...stampIn(content.stamp, versionOf),
  };
}

/** Reads what stands in `_sync`: the predicate of `document-stamp.ts`, over Extended JSON. */
function stampIn(
  stamp: Json | undefined,
  versionOf: (value: Json | undefined) => number | null,
): Pick<Doc, 'version' | 'source' | 'fieldVersions'> {
  const { version, source, ...kept } = (stamp ?? {}) as Partial<JsonObject>;
  const number = versionOf(version);
  if (number === null || !isSource(source)) return { version: null, source: 'mongo', fieldVersions: null };
  return { version: number, source, fieldVersions: fieldVersionsIn(kept) };
}

/** `fields` has the version of each field; of one that a Redis write set, `[version, version of that write]`. */
function fieldVersionsIn({ fields, all, merged }: Partial<JsonObject>): FieldVersions | null {
  if (fields === undefined && all === undefined) return null;
  const entries = Object.entries((fields ?? {}) as Record<string, number | [number, number]>);
  return {
    of: Object.fromEntries(entries.map(([field, at]) => [field, Array.isArray(at) ? at[0] : at])),
    made: Object.fromEntries(entries.flatMap(([field, at]) => (Array.isArray(at) ? [[field, at[1]]] : []))),
    all: Number(all ?? 0),
    ...(merged === undefined ? {} : { merged: merged as unknown as MergeMark }),
  };
}

function numberIn(value: Json | undefined): number | null {
  const boxed = (value ?? {}) as { $numberLong?: string; $numberDouble?: string };
  const number = typeof value === 'number' ? value : Number(boxed.$numberLong ?? boxed.$numberDouble);
  return isVersion(number) ? number : null;
}

/** What a careless reader takes for a version. */
export function anyNumberIn(value: Json | undefined): number | null {
  const boxed = (value ?? {}) as { $numberDecimal?: string };
  const number =
    typeof value === 'object' ? (numberIn(value) ?? Number(boxed.$numberDecimal)) : Number(value);
  return Number.isFinite(number) && number > 0 ? number : null;
}

export function isRecord(doc: Doc | undefined): doc is RecordDoc {
  return doc !== undefined && doc.key !== null;
}

export function imageOf(entity: EntityDefinition, doc: RecordDoc): MongoImage {
  const { id, key, version, source, fieldVersions } = doc;
  const fields = visibleFields(entity, doc.fields);
  return { id, key, version, source, deleted: false, fields, ...(fieldVersions ? { fieldVersions } : {}) };
}

export function imageOfTombstone({ key, version, source }: Tombstone): MongoImage {
  return { id: null, key, version, source, deleted: true, fields: {} };
}

/** The fields that Redis may show. */
export function shownIn(entity: EntityDefinition, doc: Doc): JsonObject {
  return visibleFields(entity, doc.fields);
}

/** What a writer sees of a document. */
export function seenIn(entity: EntityDefinition, doc: Doc): Seen {
  return { version: doc.version ?? 0, source: doc.source, fields: shownIn(entity, doc) };
}

/** What Redis should hold of the document: canonical text, `null` when there is none. */
export function payloadOfDoc(entity: EntityDefinition, doc: Doc | undefined): string | null {
  return isRecord(doc) ? payloadOf(imageOf(entity, doc).fields) : null;
}

/** What clients of Mongo alone write. */
export function ownedFields(entity: EntityDefinition, fields: JsonObject): JsonObject {
  return pickFields(fields, (field) => entity.ownedFields.includes(field));
}

/** What no apply may touch. */
export function keptFields(entity: EntityDefinition, fields: JsonObject): JsonObject {
  const kept = [...entity.ownedFields, ...entity.secretFields];
  return pickFields(fields, (field) => kept.includes(field));
}

/** The version and when its fields were changed, as a product's write leaves them in `_sync`. */
export function stampValue({ version, source }: Stamp, fieldVersions: FieldVersions | null): JsonObject {
  if (!fieldVersions) return { version, source };
  const { of, made = {}, all, merged } = fieldVersions;
  const fields = Object.fromEntries(
    Object.entries(of).map(([field, at]): [string, Json] => [
      field,
      field in made ? [at, made[field] ?? 0] : at,
    ]),
  );
  return {
    version,
    source,
    fields,
    ...(all > 0 ? { all } : {}),
    ...(merged ? { merged: { ...merged } } : {}),
  };
}
