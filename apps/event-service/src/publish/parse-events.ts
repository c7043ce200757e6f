import { EVENT_STREAMS, EVENT_TYPES } from '@redis-mongo-sync/event-contract';
import { assertEventType, MessagingError } from '@redis-mongo-sync/redis-streams';
import type { JsonObject } from '@redis-mongo-sync/sync-core';
import { faultOfStream } from '../streams/custom-stream.js';
import { BodyReader } from './body-reader.js';
import { EVENT_ID, LIMITS, type EventDraft } from './event-draft.js';

const PERSON = { max: LIMITS.id };
const PROSE = { max: LIMITS.prose, prose: true };

/** `{senderId, receiverId?, roomId?, content}`: to somebody, to a room, or to somebody in a room. */
export function readChat(reader: BodyReader): EventDraft {
  const senderId = reader.text('senderId', PERSON);
  const receiverId = reader.optionalText('receiverId', PERSON);
  const roomId = reader.optionalText('roomId', PERSON);
  const content = reader.text('content', PROSE);
  if (reader.raw('receiverId') === undefined && reader.raw('roomId') === undefined) {
    reader.refuse('receiverId', 'or roomId is required');
  }
  const data = defined({ senderId, receiverId, roomId, content });
  const key = roomId ?? receiverId ?? '';
  return { stream: EVENT_STREAMS.chat, type: 'message.sent', data, ...(key === '' ? {} : { key }) };
}

const LOG_LEVELS = ['info', 'error'] as const;

/** `{level, message, service?, context?}` */
export function readLog(reader: BodyReader): EventDraft {
  const level = reader.choice('level', LOG_LEVELS);
  const message = reader.text('message', PROSE);
  const service = reader.optionalText('service', PERSON);
  const context = reader.optionalObject('context', LIMITS.dataBytes);
  const data = defined({ level, message, service, context });
  const key = service === undefined ? {} : { key: service };
  return { stream: EVENT_STREAMS.logs, type: `system.${level}`, data, ...key };
}

/** `{stream, type, data}`. On a stream of the product the event must be what that stream's own endpoint would make. */
export function readCustom(reader: BodyReader): EventDraft {
  const stream = reader.raw('stream');
  const fault = stream === undefined ? 'is required' : faultOfStream(stream);
  if (fault !== undefined) reader.refuse('stream', fault);
  const type = readType(reader);
  const data = reader.optionalObject('data', LIMITS.dataBytes);
  if (data === undefined && reader.raw('data') === undefined) reader.refuse('data', 'is required');
  const key = reader.optionalText('key', { max: LIMITS.id });
  const draft = {
    stream: typeof stream === 'string' ? stream : '',
    type,
    data: data ?? {},
    ...(key === undefined ? {} : { key }),
  };
  return ownDraft(draft, reader) ?? draft;
}

/** The event id that a client may give, so that a repeat is recognised. */
export function readEventId(reader: BodyReader): string | undefined {
  const value = reader.raw('eventId');
  if (value === undefined) return undefined;
  if (typeof value === 'string' && EVENT_ID.test(value)) return value;
  reader.refuse('eventId', 'must have 1 to 128 letters, digits, dots, colons, - and _');
  return undefined;
}

function readType(reader: BodyReader): string {
  const type = reader.raw('type');
  if (type === undefined) {
    reader.refuse('type', 'is required');
    return '';
  }
  try {
    assertEventType(type);
    return type;
  } catch (error) {
    if (!(error instanceof MessagingError)) throw error;
    reader.refuse('type', 'must be {domain}.{action}, such as order.placed');
    return '';
  }
}

/** An event for `chat:messages` or `system:logs`, held to the rules of the endpoint for those. */
function ownDraft({ stream, type, data }: EventDraft, reader: BodyReader): EventDraft | undefined {
  if (stream !== EVENT_STREAMS.chat && stream !== EVENT_STREAMS.logs) return undefined;
  const level = /^system\.(info|error)$/.exec(type)?.[1] ?? '';
  const inner = reader.below('data', stream === EVENT_STREAMS.chat ? data : { level, ...data });
  const draft = stream === EVENT_STREAMS.chat ? readChat(inner) : readLog(inner);
  inner.end();
  if (type !== draft.type) reader.refuse('type', `of ${stream} must be ${TYPES_OF[stream]}`);
  return draft;
}

const TYPES_OF = {
  [EVENT_STREAMS.chat]: EVENT_TYPES.chat.join(' or '),
  [EVENT_STREAMS.logs]: `${EVENT_TYPES.logs.join(' or ')}, as the level says`,
} as const;

function defined(fields: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as JsonObject;
}
