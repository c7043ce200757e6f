import { fieldOf, type StreamEntry } from '../stream-entry.js';
import { newEventId } from './event-id.js';
import { DEFAULT_LIMITS, type EventLimits, type MessageEvent, type NewEvent } from './message-event.js';
import { MessagingError, type MessagingErrorCode } from './messaging-error.js';
import { assertEventType } from './names.js';

/** The one field of an entry: the event as JSON. One field costs half of what five do. */
export const EVENT_FIELD = 'event';

const ID = /^[\x21-\x7e]{1,128}$/;
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const MAX_KEY = 256;

interface EncodedEvent {
  readonly event: MessageEvent;
  readonly json: string;
}

/**
 * Completes, checks and encodes an event.
 * @throws MessagingError INVALID_NAME, INVALID_EVENT or EVENT_TOO_LARGE, before anything is sent.
 */
export function encodeEvent(
  draft: NewEvent,
  now: number,
  { maxEventBytes }: EventLimits = DEFAULT_LIMITS,
): EncodedEvent {
  if (typeof draft !== 'object' || draft === null) throw invalid('an event must be an object');
  const event: MessageEvent = {
    id: draft.id ?? newEventId(now),
    type: draft.type,
    time: draft.time ?? new Date(now).toISOString(),
    schemaVersion: draft.schemaVersion ?? 1,
    ...optionalParts(draft),
    data: draft.data,
  };
  const fault = faultOf(event);
  if (fault) throw fault;
  const json = stringify(event);
  const bytes = Buffer.byteLength(json);
  if (bytes > maxEventBytes) {
    const advice = 'store the payload elsewhere and publish a reference';
    throw new MessagingError(
      'EVENT_TOO_LARGE',
      `event ${event.type} has ${bytes} bytes, at most ${maxEventBytes} are allowed: ${advice}`,
    );
  }
  return { event, json };
}

/** @throws MessagingError MALFORMED_EVENT when the entry holds no valid event. */
export function decodeEvent(
  entry: StreamEntry,
  { maxEventBytes }: EventLimits = DEFAULT_LIMITS,
): MessageEvent {
  const json = fieldOf(entry, EVENT_FIELD);
  if (json === undefined) throw malformed(`there is no field "${EVENT_FIELD}"`);
  if (json.length > maxEventBytes) throw malformed(`${json.length} characters, at most ${maxEventBytes}`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw malformed('not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('not an object');
  const fault = faultOf(value);
  if (fault) throw malformed(fault.message, fault);
  return value as MessageEvent;
}

/** What is wrong with an event's envelope, if anything. */
function faultOf(event: Partial<Record<keyof MessageEvent, unknown>>): MessagingError | undefined {
  try {
    assertEventType(event.type);
  } catch (error) {
    return error as MessagingError;
  }
  if (!isText(event.id, ID)) return invalid('id must be 1 to 128 printable ASCII characters');
  if (!isText(event.time, ISO_TIME) || Number.isNaN(Date.parse(event.time as string))) {
    return invalid('time must be an ISO 8601 date and time with its zone');
  }
  const version = event.schemaVersion;
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    return invalid('schemaVersion must be a whole number from 1');
  for (const name of ['correlationId', 'causationId'] as const) {
    if (event[name] !== undefined && !isText(event[name], ID))
      return invalid(`${name} must be 1 to 128 printable ASCII characters`);
  }
  if (event.traceparent !== undefined && !isText(event.traceparent, TRACEPARENT))
    return invalid('traceparent must be a W3C trace context of version 00');
  const { key } = event;
  if (key !== undefined && (typeof key !== 'string' || key.length < 1 || key.length > MAX_KEY))
    return invalid(`key must be a text of 1 to ${MAX_KEY} characters`);
  if (event.data === undefined) return invalid('data is missing');
  return undefined;
}

function optionalParts(draft: NewEvent): Partial<MessageEvent> {
  const parts: Record<string, unknown> = {};
  for (const name of ['correlationId', 'causationId', 'traceparent', 'key'] as const) {
    if (draft[name] !== undefined) parts[name] = draft[name];
  }
  return parts;
}

function stringify(event: MessageEvent): string {
  try {
    return JSON.stringify(event);
  } catch (error) {
    throw invalid('data must be a JSON value (no cycles, no BigInt)', { cause: error });
  }
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function invalid(message: string, options?: ErrorOptions): MessagingError {
  return fault('INVALID_EVENT', message, options);
}

function malformed(message: string, cause?: unknown): MessagingError {
  return fault('MALFORMED_EVENT', `the entry holds no valid event: ${message}`, { cause });
}

function fault(code: MessagingErrorCode, message: string, options?: ErrorOptions): MessagingError {
  return new MessagingError(code, message, options);
}
