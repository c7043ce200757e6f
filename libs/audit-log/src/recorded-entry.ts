import type { JsonObject, RecordedEntry } from './audit-entry.js';
import type { StoredEntry } from './audit-store.js';

/** An entry as callers see it. */
export function recordedEntry({ data, ...rest }: StoredEntry): RecordedEntry {
  return { ...rest, data: JSON.parse(data) as JsonObject };
}
