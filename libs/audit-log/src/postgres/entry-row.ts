import type { Knex } from 'knex';
import type { StoredEntry } from '../audit-store.js';

/** An entry as `pg` reads it: bigint as text, `data` selected as text. */
export interface EntryRow {
  readonly sequence: string;
  readonly stream: string;
  readonly event_id: string;
  readonly type: string;
  readonly entity: string | null;
  readonly entity_id: string | null;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
  readonly stream_entry_id: string;
  readonly correlation_id: string | null;
  readonly data: string;
  readonly hash: string;
}

export function fromRow(row: EntryRow): StoredEntry {
  return {
    sequence: Number(row.sequence),
    stream: row.stream,
    eventId: row.event_id,
    type: row.type,
    ...(row.entity === null ? {} : { entity: row.entity }),
    ...(row.entity_id === null ? {} : { entityId: row.entity_id }),
    occurredAt: row.occurred_at.getTime(),
    recordedAt: row.recorded_at.getTime(),
    streamEntryId: row.stream_entry_id,
    ...(row.correlation_id === null ? {} : { correlationId: row.correlation_id }),
    data: row.data,
    hash: row.hash,
  };
}

type Cell = string | number | null;

const COLUMNS: Readonly<
  Record<keyof EntryRow, readonly [type: string, value: (entry: StoredEntry) => Cell]>
> = {
  sequence: ['bigint', ({ sequence }) => sequence],
  stream: ['text', ({ stream }) => stream],
  event_id: ['text', ({ eventId }) => eventId],
  type: ['text', ({ type }) => type],
  entity: ['text', ({ entity }) => entity ?? null],
  entity_id: ['text', ({ entityId }) => entityId ?? null],
  occurred_at: ['timestamptz', ({ occurredAt }) => new Date(occurredAt).toISOString()],
  recorded_at: ['timestamptz', ({ recordedAt }) => new Date(recordedAt).toISOString()],
  stream_entry_id: ['text', ({ streamEntryId }) => streamEntryId],
  correlation_id: ['text', ({ correlationId }) => correlationId ?? null],
  data: ['json', ({ data }) => data],
  hash: ['text', ({ hash }) => hash],
};

/** One array per column: the statement is the same for any number of rows, and so is the number of parameters. */
export const INSERT = `insert into audit_log (${Object.keys(COLUMNS).join(', ')})
  select * from unnest(${Object.values(COLUMNS)
    .map(([type]) => `?::${type}[]`)
    .join(', ')})`;

export function insertArrays(entries: readonly StoredEntry[]): Knex.RawBinding[] {
  const arrays: Cell[][] = Object.values(COLUMNS).map(([, value]) => entries.map(value));
  return arrays as Knex.RawBinding[]; // knex's types know no arrays with nulls; it passes them to pg as they are
}
