/** The streams that the product itself publishes on, by what they are about. */
export const EVENT_STREAMS = {
  users: 'user:events',
  chat: 'chat:messages',
  tasks: 'task:queue',
  logs: 'system:logs',
};
export const EVENT_TOPICS = Object.keys(EVENT_STREAMS);
/** The event types of those streams. */
export const EVENT_TYPES = {
  users: ['user.created', 'user.updated', 'user.deleted'],
  chat: ['message.sent'],
  tasks: ['task.created', 'task.completed'],
  logs: ['system.info', 'system.error'],
};
/** Who works on the events of a topic. Any number of gateways share a group's work. */
export const PROCESSING_GROUPS = {
  users: 'user-processing-group',
  chat: 'chat-processing-group',
  tasks: 'task-processing-group',
  logs: 'log-processing-group',
};
/** Carries the events of every stream, custom ones too, into the audit log. */
export const AUDIT_GROUP = 'audit-log-group';
/**
 * Every key that the event API has in Redis beside its streams. All start with `events:`, which no custom stream may.
 */
export const EVENT_KEYS = {
  /** Set: every stream with events, so that its readers can find it. */
  streams: 'events:streams',
  /** Hash: a task and the ids of the events that made and completed it. */
  task: (id) => `events:task:${id}`,
  /** Hash: `stream|type` → events recorded in this slice of time. */
  rate: (slice) => `events:rate:${slice}`,
  /** Hash: the figures that a processing group keeps. */
  figures: (topic) => `events:figures:${topic}`,
  /** Hash: room → its last message. */
  rooms: 'events:rooms',
};
//# sourceMappingURL=event-streams.js.map
