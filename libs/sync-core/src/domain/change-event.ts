import { canonicalJson, type JsonObject } from './json.js';
import type { Source, Stamp } from './stamp.js';

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
  /** Canonical Extended JSON of Mongo's `_id`, where it is known. */
  readonly id?: string;
  /** Of a Redis write: the version that Redis held when it was made; 0: nothing. Absent: not known. */
  readonly base?: number;
  /** With `base`: the version up to which the writer knew everything that Mongo has; absent: `base` itself. */
  readonly known?: number;
  /**
   * Of a Redis write: the top-level fields that it set or removed, together with those of earlier writes of the record
   * that were in flight then. Absent: all.
   */
  readonly changed?: readonly string[];
  /** W3C trace context of the request that caused the change. */
  readonly traceparent?: string;
}

/** An event that a store emits. A change without a payload is a delete. */
export function changeEvent(emitter: Source, change: Omit<ChangeEvent, 'eventId' | 'op'>): ChangeEvent {
  return {
    ...change,
    eventId: eventIdOf(emitter, change.key, change.version),
    op: change.payload === null ? 'delete' : 'upsert',
  };
}

export function eventIdOf(emitter: Source, key: string, version: number): string {
  return `${emitter}:${key}:${version}`;
}

/** The payload's fields. Call it only on a parsed or own event: the text is known to be an object. */
export function fieldsOf(event: ChangeEvent): JsonObject {
  return event.payload === null ? {} : (JSON.parse(event.payload) as JsonObject);
}

/** The payload text of these fields. */
export function payloadOf(fields: JsonObject): string {
  return canonicalJson(fields);
}
