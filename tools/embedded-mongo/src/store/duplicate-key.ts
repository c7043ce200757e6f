import { nameOf } from '../bson/index.js';
import { setField, type Document } from '../values/index.js';
import { commandError, type CommandError } from '../errors.js';
import { ID_INDEX } from './index-spec.js';
import type { IndexKey } from './index-keys.js';
import type { Collection } from './collection.js';
import type { OrderedIndex } from './ordered-index.js';
import { showValue } from './show-value.js';

/** E11000 with the fields drivers read: `keyPattern` and `keyValue`. */
export function duplicateKey(collection: Collection, index: OrderedIndex, key: IndexKey): CommandError {
  const keyValue: Document = {};
  for (const [i, field] of index.fields.entries()) setField(keyValue, field, key[i] ?? null);
  const shown = Object.entries(keyValue).map(([field, value]) => `${nameOf(field)}: ${showValue(value)}`);
  return commandError(
    11000,
    `E11000 duplicate key error collection: ${collection.ns} index: ${index.spec.name} dup key: { ${shown.join(', ')} }`,
    { keyPattern: index.spec.key, keyValue },
  );
}

export function duplicateId(collection: Collection, id: unknown): CommandError {
  const index = collection.indexes.get(ID_INDEX.name);
  if (!index) throw commandError(1, `collection ${collection.ns} has no _id index`);
  return duplicateKey(collection, index, [id]);
}
