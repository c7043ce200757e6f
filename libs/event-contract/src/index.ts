export { AUDIT_GROUP, groupsOf, PROCESSING_GROUPS } from './event-groups.js';
export {
  EVENT_STREAM_RULES,
  EVENT_STREAMS,
  EVENT_TOPICS,
  topicOf,
  type EventTopic,
} from './event-streams.js';
export { EVENT_TYPES } from './event-types.js';
export { KNOWN_STREAMS_KEY, registerStream } from './register-stream.js';
