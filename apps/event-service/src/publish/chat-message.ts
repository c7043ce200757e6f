import { EVENT_STREAMS } from '@redis-mongo-sync/event-contract';
import { FieldCheck } from '@redis-mongo-sync/service-kit';
import type { EventDraft } from './event-draft.js';
import { EventIdField, NameField, ProseField } from './event-fields.js';

/** A message to a person, to a room, or to a person in a room: the data of `message.sent`. */
export class ChatData {
  @NameField({ example: 'ada' })
  senderId!: string;

  @NameField({
    optional: true,
    example: 'grace',
    description: 'This, `roomId` or both say who shall have it.',
  })
  @FieldCheck<ChatData>((receiverId, { roomId }) =>
    receiverId === undefined && roomId === undefined ? 'or roomId is required' : undefined,
  )
  receiverId?: string;

  @NameField({ optional: true, example: 'lobby' })
  roomId?: string;

  @ProseField({ example: 'Good morning' })
  content!: string;
}

/** `POST /api/events/chat` */
export class ChatMessage extends ChatData {
  @EventIdField()
  eventId?: string;
}

export function chatDraft({ eventId, ...data }: ChatMessage): EventDraft {
  const key = data.roomId ?? data.receiverId;
  return { stream: EVENT_STREAMS.chat, type: 'message.sent', data, key, eventId };
}
