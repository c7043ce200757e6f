/** The streams that the product itself publishes on, by what they are about. */
export const EVENT_STREAMS = {
  users: 'user:events',
  chat: 'chat:messages',
  tasks: 'task:queue',
  logs: 'system:logs',
} as const;

export type EventTopic = keyof typeof EVENT_STREAMS;
export const EVENT_TOPICS = Object.keys(EVENT_STREAMS) as EventTopic[];

/**
 * How every stream with events is kept, those that clients make too: trimmed to what all its groups have acknowledged.
 * Trimming by length would drop what the audit log has not read.
 */
export const EVENT_STREAM_RULES = { trim: 'acked' } as const;

/** The topic of one of the product's own streams; undefined for a stream that a client made. */
export function topicOf(stream: string): EventTopic | undefined {
  return EVENT_TOPICS.find((topic) => EVENT_STREAMS[topic] === stream);
}
