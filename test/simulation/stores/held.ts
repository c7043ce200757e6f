import {
  formatRecord,
  parseRecord,
  recordFromText,
  type EntityDefinition,
  type HeldRecord,
  type RecordState,
} from '@redis-mongo-sync/sync-core';
import type { Seen } from '../checks/observer.js';

/** What Redis holds of a record: a text, and what the scripts read in it. */
export interface Held extends HeldRecord {
  readonly text: string;
  /** The text is none of ours: it counts as nothing. */
  readonly isForeign: boolean;
}

export function heldOf(record: HeldRecord): Held {
  const { version, source, payload } = record;
  return { version, source, payload, text: formatRecord(record), isForeign: false };
}

/** A text that somebody put under the name of a record. */
export function heldText(text: string): Held {
  const record = parseRecord(text);
  if (record) return { ...record, text, isForeign: false };
  return { version: 0, source: 'redis', payload: text, text, isForeign: true };
}

export function stateOfHeld(entity: EntityDefinition, key: string, held: Held | undefined): RecordState {
  if (!held) return { state: 'absent' };
  const { version, source, payload, text } = held;
  if (payload === null) return { state: 'deleted', stamp: { version, source } };
  const record = recordFromText(entity, key, text);
  return record ? { state: 'live', record } : { state: 'absent' };
}

/** What a writer sees. */
export function seenInRedis(entity: EntityDefinition, key: string, held: Held | undefined): Seen | null {
  if (!held || held.isForeign) return null;
  const state = stateOfHeld(entity, key, held);
  const { version, source } = held;
  return { version, source, fields: state.state === 'live' ? state.record.fields : null };
}
