import { commandError } from '../../errors.js';
import { asDocument, fieldOf, type Document } from '../../values/index.js';

/** Components of a path in an expression, checked as mongod checks them. */
export function parseFieldPath(path: string): readonly string[] {
  if (path === '') throw commandError(16872, "'$' by itself is not a valid FieldPath");
  const parts = path.split('.');
  if (parts.includes('')) throw commandError(15998, 'FieldPath field names may not be empty strings.');
  const dollar = parts.find((part) => part.startsWith('$'));
  if (dollar !== undefined) {
    throw commandError(16410, `FieldPath field names may not start with '$', given '${dollar}'.`);
  }
  return parts;
}

/** The value at a path; through an array it is the array of what its documents have there. */
export function valueAtPath(value: unknown, parts: readonly string[], from = 0): unknown {
  if (from === parts.length) return value;
  if (Array.isArray(value)) {
    return value
      .map((item) => fieldAtPath(asDocument(item), parts, from))
      .filter((item) => item !== undefined);
  }
  return fieldAtPath(asDocument(value), parts, from);
}

function fieldAtPath(doc: Document | undefined, parts: readonly string[], from: number): unknown {
  return doc && valueAtPath(fieldOf(doc, parts[from]!), parts, from + 1);
}
