import type { AuditEntry, JsonObject } from './audit-entry.js';
import type { PendingEntry } from './audit-store.js';
import { AuditInputError, type AuditFault } from './errors.js';
import { redact } from './redact.js';
import { isText } from './text.js';
import { epochMs, TIME_RULE } from './time.js';

export const MAX_ENTRIES = 1_000;
export const MAX_DATA_BYTES = 65_536;

const STREAM_ENTRY_ID = /^\d{1,20}-\d{1,20}$/;

const TEXTS = [
  { field: 'eventId', longest: 128, optional: false },
  { field: 'stream', longest: 128, optional: false },
  { field: 'type', longest: 128, optional: false },
  { field: 'entity', longest: 128, optional: true },
  { field: 'entityId', longest: 256, optional: true },
  { field: 'correlationId', longest: 128, optional: true },
] as const;

/**
 * Entries as they go to the store: times as numbers, data redacted and as text.
 * @throws AuditInputError with every fault of every entry
 */
export function checkEntries(
  entries: readonly AuditEntry[],
  secrets: ReadonlySet<string>,
): readonly PendingEntry[] {
  if (entries.length > MAX_ENTRIES) {
    throw new AuditInputError([{ path: 'entries', message: `must be ${MAX_ENTRIES} at most` }]);
  }
  const faults: AuditFault[] = [];
  const pending = entries.map((entry, index) => {
    const refuse = (field: string, message: string) => faults.push({ path: `[${index}].${field}`, message });
    return checkEntry(entry, secrets, refuse);
  });
  if (faults.length > 0) throw new AuditInputError(faults);
  return pending;
}

type Refuse = (field: string, message: string) => void;

function checkEntry(entry: AuditEntry, secrets: ReadonlySet<string>, refuse: Refuse): PendingEntry {
  for (const { field, longest, optional } of TEXTS) {
    const value: unknown = entry[field];
    if (optional && value === undefined) continue;
    if (!isText(value, longest)) refuse(field, `must be 1 to ${longest} printable characters`);
  }
  const occurredAt = epochMs(entry.occurredAt);
  if (occurredAt === undefined) refuse('occurredAt', TIME_RULE);
  if (!STREAM_ENTRY_ID.test(String(entry.streamEntryId))) {
    refuse('streamEntryId', 'must be the id of a stream entry such as 1700000000000-0');
  }
  const { eventId, stream, type, entity, entityId, correlationId, streamEntryId } = entry;
  return {
    eventId,
    stream,
    type,
    ...(entity === undefined ? {} : { entity }),
    ...(entityId === undefined ? {} : { entityId }),
    occurredAt: occurredAt ?? 0,
    streamEntryId,
    ...(correlationId === undefined ? {} : { correlationId }),
    data: dataText(entry.data, secrets, refuse),
  };
}

function dataText(data: JsonObject, secrets: ReadonlySet<string>, refuse: Refuse): string {
  if (typeof data !== 'object' || (data as unknown) === null || Array.isArray(data)) {
    refuse('data', 'must be a JSON object');
    return '{}';
  }
  try {
    const text = JSON.stringify(redact(data, secrets));
    if (!text.startsWith('{'))
      refuse('data', 'must be a JSON object'); // it had a toJSON of its own
    else if (Buffer.byteLength(text) > MAX_DATA_BYTES) {
      refuse('data', `must have at most ${MAX_DATA_BYTES} bytes as JSON`);
    } else return text;
  } catch {
    refuse('data', 'must be representable as JSON'); // a cycle, a BigInt, or nested beyond the stack
  }
  return '{}';
}
