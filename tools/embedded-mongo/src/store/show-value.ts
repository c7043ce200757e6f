import { ObjectId } from 'bson';
import { millisecondsOf, nameOf } from '../bson/index.js';
import { isDocument, show } from '../values/index.js';

/** A value as mongod writes it in its duplicate key message. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (value instanceof Date) return `new Date(${millisecondsOf(value)})`;
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (Array.isArray(value)) return `[ ${value.map(showValue).join(', ')} ]`;
  if (isDocument(value)) {
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${nameOf(name)}: ${showValue(inner)}`)
      .join(', ')} }`;
  }
  return show(value);
}
