import { EVENT_STREAM_RULES } from '@redis-mongo-sync/event-contract';
import {
  MessagingError,
  RedisMessageBus,
  type NewEvent,
  type Published as PublishedEvent,
} from '@redis-mongo-sync/redis-streams';
import { HttpProblem, ProblemError } from '@redis-mongo-sync/service-kit';
import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';
import { Injectable } from '@nestjs/common';
import { withStreamErrors } from '../streams/with-stream-errors.js';

export interface StreamEvent {
  readonly stream: string;
  readonly event: NewEvent & { readonly id: string };
}

export interface Published {
  readonly entryId: string;
  /** The id was known already: `entryId` is that of the event that had it first. */
  readonly duplicate: boolean;
}

/**
 * Events over the bus's producer, with its errors as the product's. An event id is accepted once per stream, also when
 * a connection is cut in mid-call.
 */
@Injectable()
export class EventProducer {
  constructor(private readonly bus: RedisMessageBus) {}

  /** @throws StoreUnavailableError */
  async publish({ stream, event }: StreamEvent): Promise<Published> {
    this.bus.define(stream, EVENT_STREAM_RULES);
    return toPublished(await withProducerErrors(() => this.bus.producer.publish(stream, event)));
  }

  /**
   * All or none, in this order. A repeat of the whole batch gets the first answer; a batch of
   * known and new ids is refused.
   *
   * @throws ProblemError `EventIdReused`; StoreUnavailableError
   */
  async publishAll(items: readonly StreamEvent[]): Promise<readonly Published[]> {
    for (const { stream } of items) this.bus.define(stream, EVENT_STREAM_RULES);
    const published = await withProducerErrors(() =>
      this.bus.producer.publishBatch(items, { allOrNothing: true, duplicates: 'refuse' }),
    );
    return published.map((outcome) => {
      if (outcome.outcome === 'rejected') throw outcome.error;
      return toPublished(outcome);
    });
  }
}

function toPublished({ entryId, outcome }: PublishedEvent): Published {
  return { entryId, duplicate: outcome === 'duplicate' };
}

async function withProducerErrors<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await withStreamErrors(step);
  } catch (error) {
    if (!(error instanceof MessagingError)) throw error;
    if (error.code === 'PUBLISH_UNCONFIRMED')
      throw new StoreUnavailableError('redis', error.message, { cause: error });
    if (error.code === 'BATCH_REJECTED')
      throw new ProblemError(HttpProblem.EventIdReused, { detail: error.message, cause: error });
    throw error;
  }
}
