import type { EntityDefinition, UnsyncableReason } from '@redis-mongo-sync/sync-core';

/** Half a sentence for a person: why a document of the entity is not synced. */
export function whyUnsyncable(
  { keyField, keyType = 'string' }: EntityDefinition,
  reason: UnsyncableReason,
): string {
  switch (reason) {
    case 'missing-key':
      return `it has no ${keyField}, or an empty one`;
    case 'wrong-key-type':
      return `its ${keyField} is not of type ${keyType}`;
    case 'invalid-key':
      return `its ${keyField} is none that a record could have`;
    case 'key-not-normal':
      return `its ${keyField} is not in its normal form (white space around it, upper-case letters)`;
    case 'unreadable':
      return 'it holds something that cannot be read';
  }
}
