import {
  assertEventType,
  assertGroupName,
  assertStreamName,
  StreamCatalog,
} from '@redis-mongo-sync/redis-streams';
import {
  AUDIT_GROUP,
  EVENT_STREAM_RULES,
  EVENT_STREAMS,
  EVENT_TOPICS,
  EVENT_TYPES,
  groupsOf,
  PROCESSING_GROUPS,
  topicOf,
} from './index.js';

describe('the contract of the events', () => {
  it('names streams, types and groups as the bus takes them', () => {
    for (const topic of EVENT_TOPICS) {
      expect(() => assertStreamName(EVENT_STREAMS[topic])).not.toThrow();
      for (const type of EVENT_TYPES[topic]) expect(() => assertEventType(type)).not.toThrow();
      for (const group of groupsOf(EVENT_STREAMS[topic])) expect(() => assertGroupName(group)).not.toThrow();
    }
  });

  it('has no event that is trimmed before the audit log has read it', () => {
    expect(groupsOf('orders:placed')).toEqual([AUDIT_GROUP]);
    expect(groupsOf(EVENT_STREAMS.chat)).toEqual([PROCESSING_GROUPS.chat, AUDIT_GROUP]);
    const layout = new StreamCatalog().define(EVENT_STREAMS.users, EVENT_STREAM_RULES);
    expect(layout.definition.trim).toBe('acked');
  });

  it('knows the topic of its own streams, and of no other', () => {
    expect(EVENT_TOPICS.map((topic) => topicOf(EVENT_STREAMS[topic]))).toEqual(EVENT_TOPICS);
    expect(topicOf('orders:placed')).toBeUndefined();
  });
});
