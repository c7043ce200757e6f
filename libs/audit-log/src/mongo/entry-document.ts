import type { StoredEntry } from '../audit-store.js';

/** An entry in MongoDB. Its place in the log is its `_id`: that is what makes places unique. */
export interface EntryDocument extends Omit<StoredEntry, 'sequence' | 'occurredAt' | 'recordedAt'> {
  readonly _id: number;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
}

/** `data` stays text: BSON would not give back the bytes that were hashed, and 4.4 refuses names such as `$x`. */
export function toDocument({ sequence, occurredAt, recordedAt, ...rest }: StoredEntry): EntryDocument {
  return { _id: sequence, ...rest, occurredAt: new Date(occurredAt), recordedAt: new Date(recordedAt) };
}

export function fromDocument({ _id, occurredAt, recordedAt, ...rest }: EntryDocument): StoredEntry {
  return { ...rest, sequence: _id, occurredAt: occurredAt.getTime(), recordedAt: recordedAt.getTime() };
}
