import { DBRef } from 'bson';
import { propertyOf } from '../bson/index.js';

/**
 * A BSON document in memory (see `bson/decode.ts`). Documents are immutable by convention throughout this library:
 * stored documents, pre-images and snapshots share their parts.
 */
export type Document = Record<string, unknown>;

/** True for sub-documents, false for arrays, dates, buffers and the classes of bson. */
export function isDocument(value: unknown): value is Document {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  if (bsonClass(value) !== undefined) return false;
  return !(value instanceof Date || value instanceof RegExp || ArrayBuffer.isView(value));
}

/** The class of bson a value is of. A document may have a field of its own called `_bsontype`. */
export function bsonClass(value: object): string | undefined {
  const name = (value as { _bsontype?: string })._bsontype;
  return name === undefined || Object.hasOwn(value, '_bsontype') ? undefined : name;
}

/**
 * js-bson has a class for `{$ref, $id}`; in the query language it is a document like any other.
 * Undefined for whatever is no document.
 */
export function asDocument(value: unknown): Document | undefined {
  if (isDocument(value)) return value;
  return value instanceof DBRef ? { ...value.toJSON() } : undefined;
}

/** A field of the document's own: `constructor` and its like are no fields of every document. */
export function fieldOf(doc: Document, name: string): unknown {
  const property = propertyOf(name);
  return Object.hasOwn(doc, property) ? doc[property] : undefined;
}

/** Assignment that keeps a field called `__proto__` a field. Only for documents just created by the caller. */
export function setField(doc: Document, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(doc, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    doc[propertyOf(name)] = value;
  }
}

/** A copy of the document with one field set, or left out when the value is undefined. */
export function withField(doc: Document, name: string, value: unknown): Document {
  const copy = { ...doc };
  if (value === undefined) delete copy[propertyOf(name)];
  else setField(copy, name, value);
  return copy;
}
