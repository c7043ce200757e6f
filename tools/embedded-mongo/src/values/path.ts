import { nameOf } from '../bson/index.js';
import { asDocument, fieldOf } from './document.js';

const MAX_CACHED_PATHS = 5_000;
const cache = new Map<string, readonly string[]>();

/** The components of a dotted path. */
export function splitPath(path: string): readonly string[] {
  let parts = cache.get(path);
  if (!parts) {
    parts = nameOf(path).split('.');
    if (cache.size >= MAX_CACHED_PATHS) cache.clear();
    cache.set(path, parts);
  }
  return parts;
}

/** True for a path component that can name an array element. */
export function isArrayIndex(part: string): boolean {
  return /^(0|[1-9]\d{0,8})$/.test(part);
}

/** Plain dotted access: array elements by index only, no fan-out. Undefined where nothing is. */
export function getPath(doc: unknown, path: string): unknown {
  let value = doc;
  for (const part of splitPath(path)) {
    value = childOf(value, part);
    if (value === undefined) return undefined;
  }
  return value;
}

/** One step of a path into a document or, by index, into an array. */
export function childOf(value: unknown, part: string): unknown {
  if (Array.isArray(value)) return isArrayIndex(part) ? (value as unknown[])[Number(part)] : undefined;
  const doc = asDocument(value);
  return doc && fieldOf(doc, part);
}
