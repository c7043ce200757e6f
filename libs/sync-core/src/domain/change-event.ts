import { canonicalJson, isJsonObject, type JsonObject } from './json.js';
import { isSource, type Source, type Stamp } from './stamp.js';
import { isVersion, updatedAtOf } from './version.js';

/** Version of the envelope's layout. A consumer refuses one that it does not know. */
export const EVENT_SCHEMA = 1;

/** The one field of a stream entry; its value is the envelope, a JSON text. */
export const EVENT_FIELD = 'event';

export type Operation = 'upsert' | 'delete';

/** A change of one record, as it travels on `mongo_changes` and `redis_changes`. */
export interface ChangeEvent extends Stamp {
  /** `<emitting store>:<record key>:<version>` */
  readonly eventId: string;
  readonly entity: string;
  readonly key: string;
  readonly op: Operation;
  /** Canonical JSON object of the visible fields; `null` for a delete. */
  readonly payload: string | null;
  /** Mongo `_id` as hex, where it is known. */
  readonly id?: string;
  /** Of a Redis write: the version that Redis held when it was made; 0: nothing. Absent: not known. */
  readonly base?: number;
  /** With `base`: the version up to which the writer knew everything that Mongo has; absent: `base` itself. */
  readonly known?: number;
  /** W3C trace context of the request that caused the change. */
  readonly traceparent?: string;
}

/** Thrown when a stream entry is not an envelope this version understands. Retrying cannot help. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

export function eventIdOf(emitter: Source, key: string, version: number): string {
  return `${emitter}:${key}:${version}`;
}

const PAYLOAD_MARK = ',"payload":';

/**
 * The envelope: flat members first, the payload last and unescaped, so that {@link parseEvent} can cut it out
 * without parsing and re-encoding it. `write-record.lua` builds the same text around the version it assigns.
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
  const { schema, entity, key, op, source, id, traceparent, base, known, version, eventId } = head;
  if (schema !== EVENT_SCHEMA) throw new MalformedEventError(`schema ${JSON.stringify(schema)} is not known`);
  if (op !== 'upsert' && op !== 'delete') throw new MalformedEventError('op must be upsert or delete');
  if (!isSource(source)) throw new MalformedEventError('source must be mongo or redis');
  if (!isVersion(version)) throw new MalformedEventError('version must be a positive safe integer');
  const seen = seenOf(base, known, version);
  if (op === 'upsert') parseObject(payload, 'payload');
  else if (payload !== 'null') throw new MalformedEventError('a delete has no payload');
  return {
    eventId: text255('eventId', eventId, 1024),
    entity: text255('entity', entity),
    key: text255('key', key, 512),
    op,
    source,
    version,
    payload: op === 'upsert' ? payload : null,
    ...(id === undefined ? {} : { id: text255('id', id) }),
    ...(traceparent === undefined ? {} : { traceparent: text255('traceparent', traceparent) }),
    ...seen,
  };
}

/** The payload's fields. Call it only on a parsed or own event: the text is known to be an object. */
export function fieldsOf(event: ChangeEvent): JsonObject {
  return event.payload === null ? {} : (JSON.parse(event.payload) as JsonObject);
}

/** The payload text of these fields. */
export function payloadOf(fields: JsonObject): string {
  return canonicalJson(fields);
}

function seenOf(base: unknown, known: unknown, version: number): Pick<ChangeEvent, 'base' | 'known'> {
  if (base === undefined && known === undefined) return {};
  if (!isBelow(base, version)) throw new MalformedEventError('base must be a whole number below the version');
  if (known === undefined) return { base };
  if (!isBelow(known, base + 1)) throw new MalformedEventError('known must be a whole number up to base');
  return { base, known };
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

function text255(name: string, value: unknown, max = 255): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > max) {
    throw new MalformedEventError(`${name} must be a string of 1 to ${max} characters`);
  }
  return value;
}
