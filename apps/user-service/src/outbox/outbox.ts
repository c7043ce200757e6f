import { withMongoErrors } from '@redis-mongo-sync/sync-adapters';
import type { ClientSession, Collection, Db } from 'mongodb';

/** An event that is committed with the write it tells of, and waits to be published. */
export interface OutboxEvent {
  /** Id of the event: the same however often it is published. */
  readonly _id: string;
  readonly type: string;
  /** What the event is about; events of one key are published in the order of their versions. */
  readonly key: string;
  readonly version: number;
  readonly time: Date;
  readonly data: Readonly<Record<string, unknown>>;
  readonly correlationId?: string;
  readonly traceparent?: string;
}

export const OUTBOX_COLLECTION = 'outbox';

const NAMESPACE_EXISTS = 48;

/**
 * Events between the commit of a write and the stream. Filled within the writes' own transactions, emptied by
 * {@link OutboxRelay}.
 */
export class Outbox {
  private readonly events: Collection<OutboxEvent>;

  constructor(private readonly db: Db) {
    // What a crash of the primary could take back must not have been published.
    this.events = db.collection<OutboxEvent>(OUTBOX_COLLECTION, {
      readConcern: { level: 'majority' },
      writeConcern: { w: 'majority' },
    });
  }

  /** Creates the collection and its index. Safe to repeat. */
  async prepare(): Promise<void> {
    await withMongoErrors(async () => {
      await this.db.createCollection(OUTBOX_COLLECTION).catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== NAMESPACE_EXISTS) throw error;
      });
      await this.events.createIndex({ version: 1, _id: 1 });
    });
  }

  /** Adds an event to the transaction of its write. */
  async add(event: OutboxEvent, session: ClientSession): Promise<void> {
    await this.events.insertOne(event, { session });
  }

  /** The oldest events, by version: for one key that is the order of its writes, whichever process made them. */
  oldest(limit: number): Promise<OutboxEvent[]> {
    return withMongoErrors(() => this.events.find().sort({ version: 1, _id: 1 }).limit(limit).toArray());
  }

  async remove(ids: readonly string[]): Promise<void> {
    await withMongoErrors(() => this.events.deleteMany({ _id: { $in: [...ids] } }));
  }

  size(): Promise<number> {
    return withMongoErrors(() => this.events.countDocuments());
  }
}
