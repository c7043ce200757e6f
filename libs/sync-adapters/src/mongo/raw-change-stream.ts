import type { ClientSession, Db, Document, Long, MongoClient } from 'mongodb';
import { translateMongoError } from './mongo-errors.js';
import { decodeEvent, RAW_BATCHES, type Decoded } from './read-documents.js';

export interface RawChangeStreamOptions {
  readonly client: MongoClient;
  readonly db: Db;
  /** Collections to watch. */
  readonly collections: readonly string[];
  /** Resume token to start after; absent: now. */
  readonly after?: Document;
  /** Whether the server is asked for pre-images (MongoDB ≥ 6.0). */
  readonly preImages: boolean;
  /** How long the server waits for something to happen before it answers with an empty batch, ms. */
  readonly maxAwaitTimeMS?: number;
  readonly batchSize?: number;
}

export interface RawBatch {
  /**
   * Each by itself: one that can't be decoded says why, and what can be decoded of it: its `documentKey`, `ns`,
   * `operationType` and `_id` (the token) nearly always.
   */
  readonly events: readonly Decoded[];
  /** Resume token of the whole batch: past its last event, or past all the server has seen when it is empty. */
  readonly token: Document;
}

interface CursorReply {
  cursor: {
    id: Long | number | bigint;
    firstBatch?: Uint8Array[];
    nextBatch?: Uint8Array[];
    postBatchResumeToken?: Document;
  };
}

/**
 * A change stream of the database as whole batches, with the token of each. (The driver's `ChangeStream` hands out
 * single events and hides the batch token, and its own resuming would hide failures that the caller must see.)
 *
 * Ends when `signal` aborts, or when the server closes the cursor (the database was dropped).
 *
 * @throws HistoryLostError, StoreUnavailableError, or the driver's error
 */
export async function* rawChangeStream(
  options: RawChangeStreamOptions,
  signal: AbortSignal,
): AsyncGenerator<RawBatch> {
  const cursor = new RawCursor(options);
  const wake = () => void cursor.kill();
  signal.addEventListener('abort', wake, { once: true });
  try {
    let batch = await cursor.open();
    while (!signal.aborted) {
      const upcoming = cursor.closed ? null : cursor.next(); // the server reads on while this batch is handled
      yield batch;
      if (!upcoming) return;
      batch = await upcoming;
    }
  } catch (error) {
    if (!signal.aborted) throw translateMongoError(error);
  } finally {
    signal.removeEventListener('abort', wake);
    await cursor.close();
  }
}

class RawCursor {
  private readonly session: ClientSession;
  private id: CursorReply['cursor']['id'] = 0;
  private token: Document | undefined;
  private reading: Promise<RawBatch> | undefined;

  constructor(private readonly options: RawChangeStreamOptions) {
    this.session = options.client.startSession();
  }

  get closed(): boolean {
    return Number(this.id) === 0;
  }

  async open(): Promise<RawBatch> {
    const { after, preImages, collections, batchSize } = this.options;
    const reply = await this.command({
      aggregate: 1,
      pipeline: [
        {
          $changeStream: {
            fullDocument: 'updateLookup',
            ...(preImages ? { fullDocumentBeforeChange: 'whenAvailable' } : {}),
            ...(after ? { startAfter: after } : {}),
          },
        },
        {
          $match: {
            $or: [
              { 'ns.coll': { $in: [...collections] } },
              { operationType: { $in: ['dropDatabase', 'invalidate'] } },
            ],
          },
        },
      ],
      cursor: { batchSize: batchSize ?? DEFAULT_BATCH_SIZE },
    });
    return this.batchOf(reply);
  }

  next(): Promise<RawBatch> {
    const batch = this.getMore();
    batch.catch(() => undefined); // it may fail long before it is awaited
    this.reading = batch;
    return batch;
  }

  /** Wakes a waiting `next`, and frees the cursor on the server. */
  async kill(): Promise<void> {
    if (this.closed) return;
    const id = this.id;
    this.id = 0;
    try {
      await this.options.db.command({ killCursors: '$cmd.aggregate', cursors: [id] });
    } catch {
      // The server frees an unused cursor by itself; a failure to say so must not hide why the stream ended.
    }
  }

  async close(): Promise<void> {
    await this.kill();
    await this.reading?.catch(() => undefined);
    await this.session.endSession();
  }

  private async getMore(): Promise<RawBatch> {
    const reply = await this.command({
      getMore: this.id,
      collection: '$cmd.aggregate',
      batchSize: this.options.batchSize ?? DEFAULT_BATCH_SIZE,
      maxTimeMS: this.options.maxAwaitTimeMS ?? DEFAULT_AWAIT_MS,
    });
    return this.batchOf(reply);
  }

  private async command(command: Document): Promise<CursorReply> {
    const options = { session: this.session, ...RAW_BATCHES };
    return (await this.options.db.command(command, options)) as unknown as CursorReply;
  }

  private batchOf({ cursor }: CursorReply): RawBatch {
    this.id = cursor.id;
    const events = (cursor.firstBatch ?? cursor.nextBatch ?? []).map(decodeEvent);
    this.token = cursor.postBatchResumeToken ?? tokenOf(events.at(-1)) ?? this.token;
    if (!this.token) throw new Error('the server sent no resume token: MongoDB 4.0.7 or newer is needed');
    return { events, token: this.token };
  }
}

function tokenOf(event: Decoded | undefined): Document | undefined {
  if (!event) return undefined;
  const { _id } = event.fault === undefined ? event.document : event.members;
  return _id as Document | undefined;
}

const DEFAULT_BATCH_SIZE = 1000;
const DEFAULT_AWAIT_MS = 1000;
