import { EVENT_STREAM_RULES, EVENT_STREAMS } from '@redis-mongo-sync/event-contract';
import { RedisMessageProducer, StreamCatalog } from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import type { OutboxEvent } from './outbox-event.js';

/** Publishes what waits in the outbox on `user:events`, in order and each event once. */
export class EventPublisher {
  private readonly producer: RedisMessageProducer;

  constructor(private readonly commands: Redis) {
    const catalog = new StreamCatalog({ streams: { [EVENT_STREAMS.users]: EVENT_STREAM_RULES } });
    this.producer = new RedisMessageProducer({ commands, catalog, idWindowMs: KNOWN_MS });
  }

  /** All in one step, so that their order is that of the outbox. */
  async publish(events: readonly OutboxEvent[]): Promise<void> {
    const items = events.map((event) => ({ stream: EVENT_STREAMS.users, event: messageOf(event) }));
    await this.producer.publishBatch(items, { allOrNothing: true });
  }

  async close(): Promise<void> {
    await this.producer.close();
    this.commands.disconnect();
  }
}

/** Longer than any relay holds an event between publishing and removing it. */
const KNOWN_MS = 60 * 60 * 1000;

function messageOf({ _id, type, key, time, data, correlationId, traceparent }: OutboxEvent) {
  return {
    id: _id,
    type,
    key,
    time: time.toISOString(),
    data,
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
