import { DBRef } from 'bson';

/**
 * A BSON document as js-bson decodes it. Documents are immutable by convention throughout this library:
 * stored documents, pre-images and snapshots share their parts.
 */
export type Document = Record<string, unknown>;

/** True for sub-documents, false for arrays, dates, buffers and the classes of bson. */
export function isDocument(value: unknown): value is Document {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  if ((value as { _bsontype?: unknown })._bsontype !== undefined) return false;
  return !(value instanceof Date || value instanceof RegExp || ArrayBuffer.isView(value));
}

/**
 * js-bson decodes `{$ref, $id}` as a class; in the query language it is a document like any other.
 * Undefined for whatever is no document.
 */
export function asDocument(value: unknown): Document | undefined {
  if (isDocument(value)) return value;
  return value instanceof DBRef ? { ...value.toJSON() } : undefined;
}

/** A field of the document's own: `constructor` and its like are no fields of every document. */
export function fieldOf(doc: Document, name: string): unknown {
  return Object.hasOwn(doc, name) ? doc[name] : undefined;
}

/** Assignment that keeps a field called `__proto__` a field. Only for documents just created by the caller. */
export function setField(doc: Document, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(doc, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    doc[name] = value;
  }
}

/** A copy of the document with one field set, or left out when the value is undefined. */
export function withField(doc: Document, name: string, value: unknown): Document {
  const copy = { ...doc };
  if (value === undefined) delete copy[name];
  else setField(copy, name, value);
  return copy;
}
