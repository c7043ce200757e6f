import { sharedFields, type EntityDefinition } from '../domain/entity.js';
import { pickFields, type JsonObject } from '../domain/json.js';
import { keyValue } from '../domain/record-key.js';
import type { WriteCommand } from './record-store.js';

/** The fields of a record after a client's write; those that no client writes are kept as the store shows them. */
export function fieldsAfter(
  entity: EntityDefinition,
  held: JsonObject,
  { key, mode, set, unset }: Pick<WriteCommand, 'key' | 'mode' | 'set' | 'unset'>,
): JsonObject {
  const shared = sharedFields(entity, held);
  const kept =
    mode === 'replace'
      ? pickFields(held, (field) => !Object.hasOwn(shared, field))
      : pickFields(held, (field) => !unset.includes(field));
  return { ...kept, ...set, [entity.keyField]: keyValue(entity, key) };
}
