import {
  parseRecord,
  stateFromTexts,
  type EntityDefinition,
  type RecordState,
} from '@redis-mongo-sync/sync-core';
import type { RecordWrite } from './write-record.js';

/** What stands under a record's two keys. */
export interface Look {
  readonly state: RecordState;
  /** The condition of a write that relies on it. */
  readonly expected: Exclude<RecordWrite['expected'], 'any' | 'exists'>;
}

/**
 * What a client sees there. A text that is no JSON object, a tombstone in a record's place, and what is no text at all
 * (given as null) are no record.
 */
export function lookAt(
  entity: EntityDefinition,
  key: string,
  { record, tombstone }: { readonly record: string | null; readonly tombstone: string | null },
): Look {
  const stamp = record === null ? null : parseRecord(record);
  const isRecord = stamp?.payload !== null;
  const state = stateFromTexts(entity, key, { record: isRecord ? record : null, tombstone });
  if (state.state === 'live') {
    const { version, source } = state.record;
    return { state, expected: version === 0 ? 0 : { version, source } };
  }
  // A stamp before something that is no JSON: the scripts compare it, as they do not look further.
  return { state, expected: stamp?.payload == null ? 'absent' : stamp.version };
}
