import { type BatchHandler, decodeEvent, type EntryFailure } from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import { EVENT_SCRIPTS } from '../scripts.js';
import {
  EVENT_KEYS,
  EVENT_STREAMS,
  EVENT_TYPES,
  PROCESSING_GROUPS,
  type EventTopic,
} from '../streams/event-streams.js';
import { EFFECTS } from './figures.js';

/** Rooms whose last message is remembered. */
const MAX_ROOMS = 10_000;

/** An event of a type that this stream does not have: nobody wrote a rule for it. */
export class UnknownEventTypeError extends Error {
  override readonly name = 'UnknownEventTypeError';
}

/**
 * Works on a batch of a topic's events: their effects and their acknowledgements are one step, so that each counts
 * once however often it comes. What is no event of the topic becomes a dead letter.
 */
export function projectingHandler(topic: EventTopic, redis: Redis): BatchHandler {
  const types: readonly string[] = EVENT_TYPES[topic];
  return async (batch) => {
    const failures: EntryFailure[] = [];
    const effects: string[] = [];
    for (const entry of batch) {
      try {
        const event = decodeEvent(entry);
        if (!types.includes(event.type))
          throw new UnknownEventTypeError(`${event.type} is none of ${types.join(', ')}`);
        const { figure, subject = '', said = {} } = EFFECTS[topic](event);
        effects.push(entry.id, figure, subject, JSON.stringify(said));
      } catch (error) {
        failures.push({ id: entry.id, error, retry: false });
      }
    }
    if (effects.length > 0) {
      const keys = [EVENT_STREAMS[topic], EVENT_KEYS.figures(topic), EVENT_KEYS.rooms];
      await EVENT_SCRIPTS.projectEvents.run(redis, keys, [PROCESSING_GROUPS[topic], MAX_ROOMS, ...effects]);
    }
    return { acked: true, failures };
  };
}
