import type { NewEvent } from '../envelope/message-event.js';
import type { MessagingError } from '../envelope/messaging-error.js';

export interface PublishOptions {
  /** Overrides the event's own key. */
  readonly key?: string;
}

export interface Published {
  /** `duplicate`: an event of this id is in the stream already; nothing was added. Both are success. */
  readonly outcome: 'accepted' | 'duplicate';
  readonly eventId: string;
  /** Id of the entry in its stream (that of the first time, for a duplicate). */
  readonly entryId: string;
  readonly partition: number;
}

export interface BatchItem {
  readonly stream: string;
  readonly event: NewEvent;
}

export interface Rejected {
  readonly outcome: 'rejected';
  readonly error: MessagingError;
}

export interface PublishBatchOptions {
  /** One invalid event refuses the batch, and all go in one atomic step. Default false. */
  readonly allOrNothing?: boolean;
  /**
   * With `allOrNothing`: `refuse` refuses the batch when an id was published before – unless all were, which is a
   * repeat of the batch. Default `accept`: such an event counts as published, and the others are.
   */
  readonly duplicates?: 'accept' | 'refuse';
}

/** Publishes events. An abstract class, so that it can be asked for by its name in dependency injection. */
export abstract class MessageProducerService {
  /**
   * Resolves when the event is in its stream. Safe to call again with the same `event.id`.
   * @throws MessagingError INVALID_NAME, INVALID_EVENT, EVENT_TOO_LARGE: nothing was sent.
   * @throws MessagingError PUBLISH_UNCONFIRMED: Redis did not answer, also not to the repeats; the event may be in.
   */
  abstract publish(stream: string, event: NewEvent, options?: PublishOptions): Promise<Published>;

  /**
   * Results in the order of `items`. With `allOrNothing` throws MessagingError BATCH_REJECTED if one is invalid
   * (or, with `duplicates: 'refuse'`, was published before): nothing is published then.
   * Otherwise an item's failure is its own: `rejected`, with the reason.
   */
  abstract publishBatch(
    items: readonly BatchItem[],
    options?: PublishBatchOptions,
  ): Promise<readonly (Published | Rejected)[]>;
}
