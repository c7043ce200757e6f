import type { EventTopic } from '@redis-mongo-sync/event-contract';

/**
 * Every key that the event API has in Redis beside its streams. All start with `events:`, which no custom stream may.
 */
export const EVENT_KEYS = {
  /** Hash: a task and the ids of the events that made and completed it. */
  task: (id: string): string => `events:task:${id}`,
  /** Hash: `stream|type` → events recorded in this slice of time. */
  rate: (slice: number): string => `events:rate:${slice}`,
  /** Hash: the figures that a processing group keeps. */
  figures: (topic: EventTopic): string => `events:figures:${topic}`,
  /** Hash: room → its last message. */
  rooms: 'events:rooms',
} as const;
