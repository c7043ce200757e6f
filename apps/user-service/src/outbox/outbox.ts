import { withMongoErrors } from '@redis-mongo-sync/sync-adapters';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { ClientSession, Model } from 'mongoose';
import { OutboxEvent } from './outbox-event.js';

/**
 * Events between the commit of a write and the stream. Filled within the writes' own transactions, emptied by
 * {@link OutboxRelay}.
 */
@Injectable()
export class Outbox {
  constructor(@InjectModel(OutboxEvent.name) private readonly events: Model<OutboxEvent>) {}

  /** Creates the collection and its index. Safe to repeat. */
  async prepare(): Promise<void> {
    await withMongoErrors(async () => {
      await this.events.createCollection();
      await this.events.createIndexes();
    });
  }

  /** Adds an event to the transaction of its write. */
  async add(event: OutboxEvent, session: ClientSession): Promise<void> {
    await this.events.create([event], { session });
  }

  /**
   * The oldest events, by version: for one key that is the order of its writes, whichever process made them. What a
   * crash of the primary could take back is not among them: it must not be published.
   */
  oldest(limit: number): Promise<OutboxEvent[]> {
    return withMongoErrors(() =>
      this.events.find().sort({ version: 1, _id: 1 }).limit(limit).readConcern('majority').lean().exec(),
    );
  }

  async remove(ids: readonly string[]): Promise<void> {
    await withMongoErrors(() => this.events.deleteMany({ _id: { $in: ids } }).exec());
  }

  size(): Promise<number> {
    return withMongoErrors(() => this.events.countDocuments().readConcern('majority').exec());
  }
}
