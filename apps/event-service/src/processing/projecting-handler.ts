import {
  EVENT_STREAMS,
  EVENT_TYPES,
  PROCESSING_GROUPS,
  type EventTopic,
} from '@redis-mongo-sync/event-contract';
import {
  type BatchMessageHandler,
  type DeliveryFailure,
  TerminalError,
} from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import { EVENT_SCRIPTS } from '../scripts.js';
import { EVENT_KEYS } from '../streams/event-keys.js';
import { EFFECTS } from './figures.js';

/** Rooms whose last message is remembered. */
const MAX_ROOMS = 10_000;

/**
 * Works on a batch of a topic's events: their effects and their acknowledgements are one step, so that each counts
 * once however often it comes. An event of a type that the topic does not have becomes a dead letter.
 */
export function projectingHandler(topic: EventTopic, redis: Redis): BatchMessageHandler {
  const types: readonly string[] = EVENT_TYPES[topic];
  return async (deliveries) => {
    const failures: DeliveryFailure[] = [];
    const effects: string[] = [];
    for (const { event, context } of deliveries) {
      if (types.includes(event.type)) {
        const { figure, subject = '', said = {} } = EFFECTS[topic](event);
        effects.push(context.entryId, figure, subject, JSON.stringify(said));
      } else {
        const error = new TerminalError(`${event.type} is none of ${types.join(', ')}`);
        failures.push({ entryId: context.entryId, error });
      }
    }
    if (effects.length > 0) {
      const keys = [EVENT_STREAMS[topic], EVENT_KEYS.figures(topic), EVENT_KEYS.rooms];
      await EVENT_SCRIPTS.projectEvents.run(redis, keys, [PROCESSING_GROUPS[topic], MAX_ROOMS, ...effects]);
    }
    return failures;
  };
}
