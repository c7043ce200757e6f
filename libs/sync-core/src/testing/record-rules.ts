import { sharedFields, type EntityDefinition } from '../domain/entity.js';
import { pickFields, type JsonObject } from '../domain/json.js';
import type { RecordState } from '../domain/record.js';
import type { Precondition, WriteCommand } from '../ports/record-store.js';

/* What every record store in memory does alike. */

/** Whether a precondition holds for what the store has. */
export function isMet(precondition: Precondition, before: RecordState): boolean {
  switch (precondition.kind) {
    case 'none':
      return true;
    case 'exists':
      return before.state === 'live';
    case 'absent':
      return before.state !== 'live';
    case 'version':
      return before.state === 'live' && before.record.version === precondition.version;
  }
}

export function refusal(
  precondition: Precondition,
  current: RecordState,
): { outcome: 'absent' } | { outcome: 'precondition-failed'; current: RecordState } {
  return precondition.kind === 'none' ? { outcome: 'absent' } : { outcome: 'precondition-failed', current };
}

/** The fields after a write; those that no client writes are kept. */
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
  return { ...kept, ...set, [entity.keyField]: key };
}
