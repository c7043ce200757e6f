import { commandError } from '../errors.js';
import {
  asDocument,
  childOf,
  isArrayIndex,
  setField,
  show,
  withField,
  type Document,
} from '../values/index.js';

/** Copy-on-write along one path: nothing that exists is ever changed. */

const MAX_PADDING = 1_500_000;

export interface Written {
  doc: Document;
  /** The path of the field or element that the change added or replaced: the first one that was not there. */
  touched: string;
}

/** Sets the value at the path, creating documents on the way where nothing is. */
export function setAt(doc: Document, parts: readonly string[], value: unknown): Written {
  const touched: string[] = [];
  const result = setIn(doc, parts, { value, touched });
  return { doc: result as Document, touched: touched.join('.') };
}

interface Write {
  value: unknown;
  touched: string[];
}

function setIn(container: Document | unknown[], [part, ...rest]: readonly string[], write: Write): unknown {
  const name = part!;
  const existing = childOf(container, name);
  write.touched.push(name);
  if (rest.length === 0) return withChild(container, name, write.value);
  if (existing === undefined) {
    const created = rest.reduceRight<unknown>((inner, key) => {
      const doc: Document = {};
      setField(doc, key, inner);
      return doc;
    }, write.value);
    return withChild(container, name, created);
  }
  const child = Array.isArray(existing) ? (existing as unknown[]) : asDocument(existing);
  if (!child || (Array.isArray(child) && !isArrayIndex(rest[0]!))) {
    throw commandError(28, `Cannot create field '${rest[0]}' in element {${name}: ${show(existing)}}`);
  }
  return withChild(container, name, setIn(child, rest, write));
}

/** A copy with one field or element replaced; an array is filled up with null to reach the element. */
function withChild(container: Document | unknown[], name: string, value: unknown): Document | unknown[] {
  if (!Array.isArray(container)) {
    const copy = { ...container };
    setField(copy, name, value);
    return copy;
  }
  const index = Number(name);
  if (index > container.length + MAX_PADDING) {
    throw commandError(2, `can't backfill more than ${MAX_PADDING} elements`);
  }
  const copy = container.slice();
  while (copy.length < index) copy.push(null);
  copy[index] = value;
  return copy;
}

/** Removes the field at the path; an array element becomes null. The same document if nothing is there. */
export function unsetAt(doc: Document, parts: readonly string[]): Document {
  return unsetIn(doc, parts) as Document;
}

function unsetIn(container: Document | unknown[], [part, ...rest]: readonly string[]): Document | unknown[] {
  const name = part!;
  const existing = childOf(container, name);
  if (existing === undefined) return container;
  if (rest.length > 0) {
    const child = Array.isArray(existing) ? (existing as unknown[]) : asDocument(existing);
    const changed = child && unsetIn(child, rest);
    return changed === undefined || changed === child ? container : withChild(container, name, changed);
  }
  if (Array.isArray(container)) return existing === null ? container : withChild(container, name, null);
  return withField(container, name, undefined);
}

/** The value at the parts of a path, undefined where nothing is. */
export function valueAt(doc: Document, parts: readonly string[]): unknown {
  let value: unknown = doc;
  for (const part of parts) value = childOf(value, part);
  return value;
}
