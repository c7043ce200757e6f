import type { RecordedEntry } from '@redis-mongo-sync/audit-log';

/** A recorded event as clients see it. */
export function entryJson({ sequence, occurredAt, recordedAt, ...entry }: RecordedEntry): object {
  return {
    sequence,
    ...entry,
    occurredAt: new Date(occurredAt).toISOString(),
    recordedAt: new Date(recordedAt).toISOString(),
  };
}
