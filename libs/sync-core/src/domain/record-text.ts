import { STAMP_FIELD, type EntityDefinition } from './entity.js';
import { isJsonObject, type JsonObject } from './json.js';
import type { RecordState, SyncRecord } from './record.js';
import { keyValue } from './record-key.js';
import { isSource, type Stamp } from './stamp.js';
import { isVersion, updatedAtOf } from './version.js';

/*
 * The text of a record in Redis: `{"_sync":{"version":…,"source":"…","updatedAt":…},<payload members>}`. The stamp comes
 * first, so that the scripts read it with one pattern and never parse – let alone re-encode – the payload. A tombstone is
 * the stamp alone. `lua/includes/record-text.lua` reads and writes the same.
 */

/** What Redis holds of a record. */
export interface HeldRecord extends Stamp {
  /** Canonical JSON text of the fields; `null`: a tombstone. */
  readonly payload: string | null;
}

const HEAD = /^\{"_sync":\{"version":(\d+),"source":"([a-z]+)","updatedAt":\d+\}([,}])/;

export function formatRecord({ version, source, payload }: HeldRecord): string {
  const stamp = `{"_sync":{"version":${version},"source":"${source}","updatedAt":${updatedAtOf(version)}}`;
  return payload === null ? `${stamp}}` : `${stamp},${payload.slice(1)}`;
}

/** The reverse of {@link formatRecord}; `null` when the text does not begin with a stamp: an outsider wrote it. */
export function parseRecord(text: string): HeldRecord | null {
  const [head, digits, source, mark] = HEAD.exec(text) ?? [];
  const version = Number(digits);
  if (head === undefined || !isVersion(version) || !isSource(source)) return null;
  return { version, source, payload: mark === ',' ? `{${text.slice(head.length)}` : null };
}

/** What Redis holds under a record's two keys. */
export function stateFromTexts(
  entity: EntityDefinition,
  key: string,
  texts: { readonly record: string | null; readonly tombstone: string | null },
): RecordState {
  const record = texts.record === null ? null : recordFromText(entity, key, texts.record);
  if (record) return { state: 'live', record };
  const grave = texts.tombstone === null ? null : parseRecord(texts.tombstone);
  return grave
    ? { state: 'deleted', stamp: { version: grave.version, source: grave.source } }
    : { state: 'absent' };
}

/** The living record in a text; `null` when it is not a JSON object. */
export function recordFromText(entity: EntityDefinition, key: string, text: string): SyncRecord | null {
  const value = parseObject(text);
  if (!value) return null;
  const { [STAMP_FIELD]: _stamp, ...fields } = value;
  // A text without a stamp loses against everything.
  const { version, source } = parseRecord(text) ?? { version: 0, source: 'redis' };
  return { key, version, source, fields: { ...fields, [entity.keyField]: keyValue(entity, key) } };
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
