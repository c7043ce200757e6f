import {
  type MessageProducerService,
  MessagingError,
  type Published as PublishedEvent,
  type StreamCatalog,
} from '@redis-mongo-sync/redis-streams';
import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';
import { withStreamErrors } from '../streams/with-stream-errors.js';
import type { BusItem, EventBus, Published } from './event-bus.js';

/** Events over the messaging library's producer, with its errors as the product's. */
export class ProducerBus implements EventBus {
  constructor(
    private readonly producer: MessageProducerService,
    private readonly catalog: StreamCatalog,
  ) {}

  async publish(stream: string, event: BusItem['event']): Promise<Published> {
    this.define(stream);
    return toPublished(await withProducerErrors(() => this.producer.publish(stream, event)));
  }

  async publishAll(items: readonly BusItem[]): Promise<readonly Published[]> {
    for (const { stream } of items) this.define(stream);
    const published = await withProducerErrors(() =>
      this.producer.publishBatch(items, { allOrNothing: true }),
    );
    return published.map((outcome) => {
      if (outcome.outcome === 'rejected') throw outcome.error;
      return toPublished(outcome);
    });
  }

  /** Never by length: that would drop what the audit log has not read. The processors trim to what all groups acked. */
  private define(stream: string): void {
    this.catalog.define(stream, { trim: 'none' });
  }
}

function toPublished({ entryId, outcome }: PublishedEvent): Published {
  return { entryId, duplicate: outcome === 'duplicate' };
}

async function withProducerErrors<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await withStreamErrors(step);
  } catch (error) {
    if (!(error instanceof MessagingError) || error.code !== 'PUBLISH_UNCONFIRMED') throw error;
    throw new StoreUnavailableError('redis', error.message, { cause: error });
  }
}
