import type { UpdateDescription } from '../update/index.js';
import type { Document } from '../values/index.js';

/** What a reader of change events does: follows the description from the old document to the new one. */
export function applyDescription(doc: Document, description: UpdateDescription): Document {
  const copy = structuredClone(doc);
  for (const { field, newSize } of description.truncatedArrays) {
    (valueAt(copy, field.split('.')) as unknown[]).length = newSize;
  }
  for (const field of description.removedFields) {
    const parts = field.split('.');
    const last = parts.pop()!;
    delete (valueAt(copy, parts) as Document)[last];
  }
  for (const [field, value] of Object.entries(description.updatedFields)) {
    const parts = field.split('.');
    const last = parts.pop()!;
    const parent = valueAt(copy, parts) as Document;
    // Elements before a new one are null, as for a write by `$set`.
    if (Array.isArray(parent)) while (parent.length < Number(last)) parent.push(null);
    parent[last] = value;
  }
  return copy;
}

const valueAt = (doc: Document, parts: string[]): unknown =>
  parts.reduce<unknown>((value, part) => (value as Document)[part], doc);
