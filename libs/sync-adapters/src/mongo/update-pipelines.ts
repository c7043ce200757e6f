import {
  fieldRole,
  fieldsOf,
  keyValue,
  sharedFields,
  STAMP_FIELD,
  SYSTEM_FIELDS,
  type ApplyAttempt,
  type ChangeEvent,
  type EntityDefinition,
  type Json,
  type JsonObject,
  type StampRequest,
  type WriteCommand,
} from '@redis-mongo-sync/sync-core';
import type { Document } from 'mongodb';
import { fieldsFromJson, jsonToBson } from './bson-json.js';
import { nextVersionExpression, storedVersion } from './document-stamp.js';

/*
 * Aggregation pipelines that write a record. They run inside the server, so the version is assigned in the same
 * atomic step as the write. Client strings go in as `$literal`, or `$`-strings would be read as field paths. A field that
 * is not named keeps its bytes; one that is set to a value equal to its own keeps its type.
 */

/** What a client writes into a record. */
export interface RecordContents extends Pick<WriteCommand, 'key' | 'mode' | 'set' | 'unset'> {
  /** The version that the record's new one must be above. */
  readonly floor?: number;
  /** Mongo-owned fields that a tombstone has kept, as they were. */
  readonly owned?: Document;
}

/** A client's write. */
export function writePipeline(entity: EntityDefinition, contents: RecordContents): Document[] {
  const { key, mode, set, unset, floor, owned = {} } = contents;
  const next = nextVersionExpression(floor);
  const kept = [...Object.keys(set), entity.keyField];
  return [
    ...stamp(entity, { version: next, source: 'mongo' }, changesOf(entity, contents, next)),
    ...(mode === 'replace' ? removeOthers(entity, kept) : remove(unset)),
    ...put(owned),
    ...assign({ ...set, ...keyFields(entity, key) }),
  ];
}

/** Gives a document a new version, and marks these fields as changed by it (absent: any). */
export function stampPipeline(
  entity: EntityDefinition,
  { floor, fields, merge }: Pick<StampRequest, 'floor' | 'fields' | 'merge'>,
): Document[] {
  const next = nextVersionExpression(floor);
  const changes =
    fields === undefined ? { all: next } : { of: allAt(fields, next), ...(merge ? { merge } : {}) };
  return stamp(entity, { version: next, source: 'mongo' }, changes);
}

/** Writes the fields that an event says were changed, or all shared ones, with the event's stamp. */
export function eventPipeline(entity: EntityDefinition, { event, merge }: ApplyAttempt): Document[] {
  const shared = sharedFields(entity, fieldsOf(event));
  const { version, source } = event;
  const at = [version, merge?.made ?? version];
  if (event.changed === undefined) {
    const names = Object.keys(withoutKey(entity, shared));
    return [
      ...stamp(
        entity,
        { version, source },
        { of: allAt(names, at), all: version, merge: merge ?? markOf(event) },
      ),
      ...removeOthers(entity, [...Object.keys(shared), entity.keyField]),
      ...assign(withoutKey(entity, shared)),
    ];
  }
  const changed = event.changed.filter(
    (field) => fieldRole(entity, field) === 'shared' && field !== entity.keyField,
  );
  const set = Object.fromEntries(
    changed.flatMap((field): [string, Json][] => {
      const value = Object.hasOwn(shared, field) ? shared[field] : undefined;
      return value === undefined ? [] : [[field, value]];
    }),
  );
  return [
    ...stamp(entity, { version, source }, { of: allAt(changed, at), ...(merge ? { merge } : {}) }),
    ...remove(changed.filter((field) => !Object.hasOwn(set, field))),
    ...assign(set),
  ];
}

/** The document of a record that Mongo does not have. */
export function documentFromEvent(
  entity: EntityDefinition,
  { event }: ApplyAttempt,
  owned: Document,
): Document {
  const shared = withoutKey(entity, sharedFields(entity, fieldsOf(event)));
  const { key, version, source } = event;
  const fields = Object.fromEntries(Object.keys(shared).map((field) => [field, [version, version]]));
  const merging =
    entity.conflict === 'merge-fields' ? { fields, merged: { at: version, ...markOf(event) } } : {};
  return {
    [entity.keyField]: jsonToBson(keyValue(entity, key)),
    ...fieldsFromJson(shared),
    ...owned,
    [STAMP_FIELD]: { version, source, ...merging },
  };
}

/** A write that does not name what it changed is on record as a whole: what it was made on top of may come later. */
function markOf({ version, base = 0, known = base }: ChangeEvent): NonNullable<ApplyAttempt['merge']> {
  return { made: version, claimed: known, known };
}

/** The Mongo-owned fields of a document, for its tombstone. */
export function ownedIn(entity: EntityDefinition, document: Document): Document {
  const kept = entity.ownedFields.filter((field) => Object.hasOwn(document, field));
  return Object.fromEntries(kept.map((field) => [field, document[field] as unknown]));
}

/** At which version which field was changed: values or expressions. */
interface FieldChanges {
  /** Expressions for lists of `{ k: field, v: version }`. */
  readonly of?: readonly (Document | readonly Document[])[];
  /** All may have been. */
  readonly all?: Json | Document;
  /** A Redis write was merged. */
  readonly merge?: NonNullable<ApplyAttempt['merge']>;
}

function allAt(fields: readonly string[], version: Json | Document): readonly (readonly Document[])[] {
  return [fields.map((field) => ({ k: { $literal: field }, v: version }))];
}

function changesOf(
  entity: EntityDefinition,
  { mode, set, unset }: RecordContents,
  next: Document,
): FieldChanges {
  if (entity.conflict !== 'merge-fields') return {};
  const named = [...Object.keys(set), ...unset].filter(isPath).map((field) => ({
    k: field,
    v: { $cond: [isSame(field, set[field]), { $ifNull: [`$${STAMP_FIELD}.fields.${field}`, 0] }, next] },
  }));
  if (mode === 'merge') return { of: [named] };
  const gone = { $filter: { input: FIELDS, cond: { $not: [isKept(entity, Object.keys(set))] } } };
  return { of: [named, { $map: { input: gone, as: 'gone', in: { k: '$$gone.k', v: next } } }] };
}

function isSame(field: string, value: Json | undefined): Document {
  const isMissing = { $eq: [{ $type: `$${field}` }, 'missing'] };
  return value === undefined ? isMissing : { $eq: [`$${field}`, { $literal: jsonToBson(value) }] };
}

/** The stage that sets the stamp. It comes first, so that it can compare with what the fields were. */
function stamp(
  { conflict }: EntityDefinition,
  { version, source }: { readonly version: Json | Document; readonly source: string },
  changes: FieldChanges,
): Document[] {
  const merging = conflict === 'merge-fields' ? [fieldVersions(changes, version)] : [];
  return [{ $set: { [STAMP_FIELD]: { $mergeObjects: [{ version, source }, ...merging] } } }];
}

/** What was on record of the fields before, and the changes. Where nothing was, any field may have been changed by then. */
function fieldVersions({ of = [], all, merge }: FieldChanges, version: Json | Document): Document {
  const path = `$${STAMP_FIELD}`;
  const isOnRecord = { $eq: [{ $type: `${path}.fields` }, 'object'] };
  const before = all === undefined ? [{ $cond: [isOnRecord, `${path}.fields`, {}] }] : [];
  const allBefore = { $cond: [isOnRecord, { $ifNull: [`${path}.all`, 0] }, storedVersion(version)] };
  return {
    fields: { $mergeObjects: [{}, ...before, ...of.map((list) => ({ $arrayToObject: [list] }))] },
    all: all ?? allBefore,
    // Where there is none, it is left out.
    merged: merge ? { at: version, ...merge } : all === undefined ? `${path}.merged` : '$$REMOVE',
  };
}

/** Sets fields; one that has an equal value keeps it, with its type. */
function assign(fields: JsonObject): Document[] {
  const paths = Object.entries(fields).filter(([field]) => isPath(field));
  const others = Object.fromEntries(Object.entries(fields).filter(([field]) => !isPath(field)));
  const set = Object.fromEntries(paths.map(([field, value]) => [field, assignment(field, value)]));
  const stages: Document[] = paths.length > 0 ? [{ $set: set }] : [];
  return Object.keys(others).length > 0 ? [...stages, ...put(fieldsFromJson(others))] : stages;
}

const NUMBERS = ['int', 'long', 'double'];

function assignment(field: string, value: Json): Document {
  const literal = { $literal: jsonToBson(value) };
  const path = `$${field}`;
  if (typeof value === 'object' && value !== null)
    return { $cond: [{ $eq: [path, literal] }, path, literal] };
  if (typeof value !== 'number' || value === 0) return literal; // other scalars have one form each; 0 equals −0
  return {
    $cond: [{ $and: [{ $eq: [path, literal] }, { $in: [{ $type: path }, NUMBERS] }] }, path, literal],
  };
}

/** Puts values as they are, whatever the fields are called. */
function put(fields: Document): Document[] {
  if (Object.keys(fields).length === 0) return [];
  return [{ $replaceWith: { $mergeObjects: ['$$ROOT', { $literal: fields }] } }];
}

function remove(fields: readonly string[]): Document[] {
  const stages: Document[] = [];
  const paths = fields.filter(isPath);
  const others = fields.filter((field) => !isPath(field));
  if (paths.length > 0) stages.push({ $unset: paths });
  if (others.length > 0) stages.push(keepFields({ $not: [{ $in: ['$$this.k', { $literal: others }] }] }));
  return stages;
}

/** Removes the shared fields but these. */
function removeOthers(entity: EntityDefinition, names: readonly string[]): Document[] {
  return [keepFields(isKept(entity, names))];
}

/** Whether `$$this.k` is no shared field, or one of these. */
function isKept(
  { keyField, ownedFields, secretFields, projection }: EntityDefinition,
  names: readonly string[],
): Document {
  const kept = [...SYSTEM_FIELDS, keyField, ...ownedFields, ...secretFields, ...names];
  const isNamed = { $in: ['$$this.k', { $literal: kept }] };
  return projection
    ? { $or: [isNamed, { $not: [{ $in: ['$$this.k', { $literal: projection }] }] }] }
    : isNamed;
}

const FIELDS = { $objectToArray: '$$ROOT' };

function keepFields(cond: Document): Document {
  return { $replaceWith: { $arrayToObject: { $filter: { input: FIELDS, cond } } } };
}

/** Ids never change: where the key is the id, it is there already. */
function keyFields(entity: EntityDefinition, key: string): JsonObject {
  return entity.keyField === '_id' ? {} : { [entity.keyField]: keyValue(entity, key) };
}

/** Whether the name can stand in a field path; MongoDB keeps fields with other names as well. */
function isPath(field: string): boolean {
  return field !== '' && !field.startsWith('$') && !field.includes('.');
}

function withoutKey({ keyField }: EntityDefinition, { [keyField]: _key, ...fields }: JsonObject): JsonObject {
  return fields;
}

/** Whether the event can be written: every value in it is one. @throws InvalidValueError */
export function checkValues(entity: EntityDefinition, event: ChangeEvent): void {
  fieldsFromJson(sharedFields(entity, fieldsOf(event)));
}
