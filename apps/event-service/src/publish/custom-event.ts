import { EVENT_STREAMS, EVENT_TYPES } from '@redis-mongo-sync/event-contract';
import { fault, readDto, type DtoReading } from '@redis-mongo-sync/service-kit';
import type { JsonObject } from '@redis-mongo-sync/sync-core';
import { ChatData, chatDraft } from './chat-message.js';
import type { EventDraft } from './event-draft.js';
import { DataField, EventIdField, NameField, StreamField, TypeField } from './event-fields.js';
import { LogData, logDraft } from './log-line.js';

/** `POST /api/events/custom`, and an item of a batch. */
export class CustomEvent {
  @StreamField({ example: 'orders:placed' })
  stream!: string;

  @TypeField({ example: 'order.placed' })
  type!: string;

  @DataField({ example: { orderId: 'o-1', total: 42 } })
  data!: JsonObject;

  @NameField({ optional: true, example: 'order-1', description: 'What it is about.' })
  key?: string;

  @EventIdField()
  eventId?: string;
}

/**
 * The event as it is published. On a stream of the product it must be what that stream's own endpoint would make.
 *
 * @param path JSON pointer to it within the body
 */
export function customDraft(event: CustomEvent, path = ''): DtoReading<EventDraft> {
  const reading = ownDraft(event, path) ?? { value: event };
  return 'errors' in reading ? reading : { value: { ...reading.value, eventId: event.eventId } };
}

/** An event for `chat:messages` or `system:logs`, held to the rules of the endpoint for those. */
function ownDraft({ stream, type, data }: EventDraft, path: string): DtoReading<EventDraft> | undefined {
  const within = { in: 'body', path: `${path}/data` } as const;
  if (stream === EVENT_STREAMS.chat) {
    return drafted(readDto(ChatData, data, within), chatDraft, { type, path, types: EVENT_TYPES.chat });
  }
  if (stream === EVENT_STREAMS.logs) {
    const level = /^system\.(info|error)$/.exec(type)?.[1] ?? '';
    const reading = readDto(LogData, { level, ...data }, within);
    return drafted(reading, logDraft, { type, path, types: EVENT_TYPES.logs });
  }
  return undefined;
}

interface Wanted {
  readonly type: string;
  readonly path: string;
  readonly types: readonly string[];
}

function drafted<T>(
  reading: DtoReading<T>,
  draftOf: (data: T) => EventDraft,
  { type, path, types }: Wanted,
): DtoReading<EventDraft> {
  const draft = 'value' in reading ? draftOf(reading.value) : undefined;
  const fits = draft === undefined ? types.includes(type) : draft.type === type;
  const errors = 'errors' in reading ? reading.errors : [];
  if (draft !== undefined && fits) return { value: draft };
  const wrongType = fits ? [] : [fault(`${path}/type`, `must be ${types.join(' or ')}, as the data say`)];
  return { errors: [...errors, ...wrongType] };
}
