/** The streams that the product itself publishes on, by what they are about. */
export declare const EVENT_STREAMS: {
  readonly users: 'user:events';
  readonly chat: 'chat:messages';
  readonly tasks: 'task:queue';
  readonly logs: 'system:logs';
};
export type EventTopic = keyof typeof EVENT_STREAMS;
export declare const EVENT_TOPICS: EventTopic[];
/** The event types of those streams. */
export declare const EVENT_TYPES: {
  readonly users: readonly ['user.created', 'user.updated', 'user.deleted'];
  readonly chat: readonly ['message.sent'];
  readonly tasks: readonly ['task.created', 'task.completed'];
  readonly logs: readonly ['system.info', 'system.error'];
};
/** Who works on the events of a topic. Any number of gateways share a group's work. */
export declare const PROCESSING_GROUPS: Readonly<Record<EventTopic, string>>;
/** Carries the events of every stream, custom ones too, into the audit log. */
export declare const AUDIT_GROUP = 'audit-log-group';
/**
 * Every key that the event API has in Redis beside its streams. All start with `events:`, which no custom stream may.
 */
export declare const EVENT_KEYS: {
  /** Set: every stream with events, so that its readers can find it. */
  readonly streams: 'events:streams';
  /** Hash: a task and the ids of the events that made and completed it. */
  readonly task: (id: string) => string;
  /** Hash: `stream|type` → events recorded in this slice of time. */
  readonly rate: (slice: number) => string;
  /** Hash: the figures that a processing group keeps. */
  readonly figures: (topic: EventTopic) => string;
  /** Hash: room → its last message. */
  readonly rooms: 'events:rooms';
};
