import {
  MessageProducerService,
  type BatchItem,
  type Published,
  type PublishBatchOptions,
  type PublishOptions,
  type Rejected,
} from '../bus/message-producer.js';
import { encodeEvent, EVENT_FIELD } from '../envelope/event-codec.js';
import type { NewEvent } from '../envelope/message-event.js';
import { MessagingError } from '../envelope/messaging-error.js';
import { isError } from '../is-error.js';
import type { InMemoryHost } from './in-memory-host.js';

export class InMemoryProducer extends MessageProducerService {
  constructor(private readonly host: InMemoryHost) {
    super();
  }

  async publish(stream: string, draft: NewEvent, options: PublishOptions = {}): Promise<Published> {
    const { catalog, clock, observer } = this.host;
    const layout = catalog.of(stream);
    const { event, json } = encodeEvent({ ...draft, ...options }, clock.now());
    const partition = layout.partitionOf(event);
    const target = this.host.stream(stream);
    const known = target.eventIds.get(event.id);
    const entryId = known ?? target.append(partition, [EVENT_FIELD, json]);
    target.eventIds.set(event.id, entryId);
    const outcome = known === undefined ? 'accepted' : 'duplicate';
    observer.published?.({ stream, type: event.type, outcome });
    return Promise.resolve({ outcome, eventId: event.id, entryId, partition });
  }

  async publishBatch(
    items: readonly BatchItem[],
    { allOrNothing = false, duplicates = 'accept' }: PublishBatchOptions = {},
  ): Promise<readonly (Published | Rejected)[]> {
    if (allOrNothing) this.checkAll(items, duplicates === 'refuse');
    return Promise.all(
      items.map(({ stream, event }) =>
        this.publish(stream, event).catch((error: unknown): Rejected => {
          if (error instanceof MessagingError) return { outcome: 'rejected', error };
          throw error;
        }),
      ),
    );
  }

  private checkAll(items: readonly BatchItem[], refuseKnown: boolean): void {
    const faults = items.flatMap(({ stream, event }, index) => {
      try {
        this.host.catalog.of(stream);
        encodeEvent(event, this.host.clock.now());
        return [];
      } catch (error) {
        return [`event ${index}: ${isError(error) ? error.message : String(error)}`];
      }
    });
    if (refuseKnown && faults.length === 0) {
      const known = items.map(({ stream, event: { id = '' } }) => this.host.stream(stream).eventIds.has(id));
      const isMixed = known.includes(true) && known.includes(false);
      if (isMixed)
        faults.push(
          `event ${known.indexOf(true)}: id ${items[known.indexOf(true)]?.event.id} was published before`,
        );
    }
    if (faults.length > 0)
      throw new MessagingError('BATCH_REJECTED', `nothing was published. ${faults.join('; ')}`);
  }
}
