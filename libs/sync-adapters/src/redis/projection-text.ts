import {
  isJsonObject,
  isSource,
  isVersion,
  updatedAtOf,
  type ChangeEvent,
  type EntityDefinition,
  type RecordState,
  type Stamp,
  type SyncRecord,
} from '@redis-mongo-sync/sync-core';

/*
 * The text of a projection: `{"version":…,"source":"…","updatedAt":…,<payload members>}`. The stamp comes first, so
 * that the scripts read it with one pattern and never parse – let alone re-encode – the payload. A tombstone is the
 * stamp alone.
 */

/** The text that `apply-batch.lua` writes for this event; a delete's is that of its tombstone. */
export function projectionText({ version, source, payload }: ChangeEvent): string {
  const stamp = `{"version":${version},"source":"${source}","updatedAt":${updatedAtOf(version)}`;
  return payload === null ? `${stamp}}` : `${stamp},${payload.slice(1)}`;
}

/** What Redis holds of a key. */
export function stateFromTexts(
  entity: EntityDefinition,
  key: string,
  texts: { readonly record: string | null; readonly tombstone: string | null },
): RecordState {
  if (texts.record !== null) {
    const record = parseProjection(entity, key, texts.record);
    if (record) return { state: 'live', record };
  }
  const stamp = texts.tombstone === null ? null : parseStamp(texts.tombstone);
  return stamp ? { state: 'deleted', stamp } : { state: 'absent' };
}

/** The record in a projection; `null` when the text is none (somebody else wrote it). */
export function parseProjection(entity: EntityDefinition, key: string, text: string): SyncRecord | null {
  const value = parseObject(text);
  if (!value) return null;
  const { version, source, updatedAt: _updatedAt, ...fields } = value;
  return {
    key,
    // A projection that somebody wrote by hand has no stamp: it loses against everything.
    version: isVersion(version) ? version : 0,
    source: isSource(source) ? source : 'redis',
    fields: { ...fields, [entity.keyField]: key },
  };
}

/** The content of a projection without its stamp, as payload text; `null` for a tombstone. */
export function contentOf(text: string): string | null {
  const head = /^\{"version":\d+,"source":"[a-z]+","updatedAt":\d+,/.exec(text);
  if (head) return `{${text.slice(head[0].length)}`;
  return parseStamp(text) ? null : text;
}

function parseStamp(text: string): Stamp | null {
  const value = parseObject(text);
  return value && isVersion(value.version) && isSource(value.source)
    ? { version: value.version, source: value.source }
    : null;
}

function parseObject(text: string) {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
