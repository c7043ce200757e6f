import { topicOf, type EventTopic } from './event-streams.js';

/** Who works on the events of a topic. Any number of event-services share a group's work. */
export const PROCESSING_GROUPS = {
  users: 'user-processing-group',
  chat: 'chat-processing-group',
  tasks: 'task-processing-group',
  logs: 'log-processing-group',
} as const satisfies Record<EventTopic, string>;

/** Carries the events of every stream, those that clients make too, into the audit log. */
export const AUDIT_GROUP = 'audit-log-group';

/** The groups that read a stream: it may be trimmed only to what all of them have acknowledged. */
export function groupsOf(stream: string): readonly string[] {
  const topic = topicOf(stream);
  return topic === undefined ? [AUDIT_GROUP] : [PROCESSING_GROUPS[topic], AUDIT_GROUP];
}
