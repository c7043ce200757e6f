import { isJsonObject, type JsonObject } from './json.js';
import type { ChangeEvent } from './change-event.js';
import { MAX_KEY_LENGTH } from './record-key.js';
import { isSource } from './stamp.js';
import { isVersion, updatedAtOf } from './version.js';

/** Version of the envelope's layout. A consumer refuses one that it does not know. */
const EVENT_SCHEMA = 2;

/** The one field of a stream entry; its value is the envelope, a JSON text. */
export const EVENT_FIELD = 'event';

/** Thrown when a stream entry is not an envelope this version understands. Retrying cannot help. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

/** A document's id may be of any type: also a long text, or a document. */
const MAX_ID_LENGTH = 8192;

const PAYLOAD_MARK = ',"payload":';

/**
 * The envelope: flat members first, the payload last and unescaped, so that {@link parseEvent} can cut it out
 * without parsing and re-encoding it. `lua/includes/envelope.lua` builds the same text for Redis writes.
 */
export function formatEvent(event: ChangeEvent): string {
  const head = JSON.stringify({
    schema: EVENT_SCHEMA,
    entity: event.entity,
    key: event.key,
    op: event.op,
    source: event.source,
    // What is undefined, JSON leaves out.
    id: event.id,
    traceparent: event.traceparent,
    base: event.base,
    known: event.known,
    changed: event.changed,
    version: event.version,
    updatedAt: updatedAtOf(event.version),
    eventId: event.eventId,
  });
  return `${head.slice(0, -1)}${PAYLOAD_MARK}${event.payload ?? 'null'}}`;
}

/**
 * Parses and validates an envelope.
 *
 * @throws MalformedEventError saying which member is wrong
 */
export function parseEvent(text: string): ChangeEvent {
  const mark = text.indexOf(PAYLOAD_MARK);
  if (mark < 0 || !text.endsWith('}')) throw new MalformedEventError('not an event envelope');
  const head = parseObject(`${text.slice(0, mark)}}`, 'envelope');
  const payload = text.slice(mark + PAYLOAD_MARK.length, -1);
  const { schema, entity, key, op, source, id, traceparent, base, known, changed, version, eventId } = head;
  if (schema !== EVENT_SCHEMA) throw new MalformedEventError(`schema ${JSON.stringify(schema)} is not known`);
  if (op !== 'upsert' && op !== 'delete') throw new MalformedEventError('op must be upsert or delete');
  if (!isSource(source)) throw new MalformedEventError('source must be mongo or redis');
  if (!isVersion(version)) throw new MalformedEventError('version must be a positive safe integer');
  const seen = seenOf(base, known, version);
  if (op === 'upsert') parseObject(payload, 'payload');
  else if (payload !== 'null') throw new MalformedEventError('a delete has no payload');
  return {
    eventId: textUpTo('eventId', eventId, 1024),
    entity: textUpTo('entity', entity),
    key: textUpTo('key', key, MAX_KEY_LENGTH),
    op,
    source,
    version,
    payload: op === 'upsert' ? payload : null,
    ...(id === undefined ? {} : { id: textUpTo('id', id, MAX_ID_LENGTH) }),
    ...(traceparent === undefined ? {} : { traceparent: textUpTo('traceparent', traceparent) }),
    ...seen,
    ...(changed === undefined ? {} : { changed: namesIn(changed) }),
  };
}

/** Which version of which record an entry carries; `null` when it is no envelope. The payload is not looked at. */
export function peekEvent(text: string): Pick<ChangeEvent, 'entity' | 'key' | 'version'> | null {
  try {
    const { entity, key, version } = parseObject(`${text.split(PAYLOAD_MARK, 1)[0]}}`, 'envelope');
    if (typeof entity !== 'string' || typeof key !== 'string' || !isVersion(version)) return null;
    return { entity, key, version };
  } catch {
    return null;
  }
}

function seenOf(base: unknown, known: unknown, version: number): Pick<ChangeEvent, 'base' | 'known'> {
  if (base === undefined && known === undefined) return {};
  if (!isBelow(base, version)) throw new MalformedEventError('base must be a whole number below the version');
  if (known === undefined) return { base };
  if (!isBelow(known, base + 1)) throw new MalformedEventError('known must be a whole number up to base');
  return { base, known };
}

function namesIn(changed: unknown): readonly string[] {
  if (Array.isArray(changed) && changed.every((name) => typeof name === 'string')) return changed;
  throw new MalformedEventError('changed must be a list of field names');
}

function isBelow(value: unknown, limit: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < limit;
}

function parseObject(text: string, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedEventError(`${what} is not JSON`);
  }
  if (!isJsonObject(value)) throw new MalformedEventError(`${what} is not an object`);
  return value;
}

function textUpTo(name: string, value: unknown, max = 255): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > max) {
    throw new MalformedEventError(`${name} must be a string of 1 to ${max} characters`);
  }
  return value;
}
