import type { EventTopic } from '@redis-mongo-sync/event-contract';
import type { MessageEvent } from '@redis-mongo-sync/redis-streams';
import { isJsonObject } from '@redis-mongo-sync/sync-core';

/** What one event adds to the figures of its topic. */
export interface Effect {
  /** The figure that it raises by one. */
  readonly figure: string;
  /** The room whose last message it is. */
  readonly subject?: string;
  readonly said?: object;
}

/** What the processing groups do: they count, and remember the last message of each room. Pure. */
export const EFFECTS: Readonly<Record<EventTopic, (event: MessageEvent) => Effect>> = {
  users: ({ type }) => ({ figure: type.slice('user.'.length) }),
  chat: (event) => {
    const data = isJsonObject(event.data) ? event.data : {};
    const { roomId, senderId, content } = data;
    if (typeof roomId !== 'string') return { figure: 'direct' };
    return {
      figure: 'rooms',
      subject: roomId,
      said: { roomId, senderId, content, eventId: event.id, time: event.time },
    };
  },
  tasks: ({ type }) => ({ figure: type.slice('task.'.length) }),
  logs: ({ type }) => ({ figure: type.slice('system.'.length) }),
};
