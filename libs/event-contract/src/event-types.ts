import type { EventTopic } from './event-streams.js';

/** The event types of the product's own streams. */
export const EVENT_TYPES = {
  users: ['user.created', 'user.updated', 'user.deleted'],
  chat: ['message.sent'],
  tasks: ['task.created', 'task.completed'],
  logs: ['system.info', 'system.error'],
} as const satisfies Record<EventTopic, readonly string[]>;
