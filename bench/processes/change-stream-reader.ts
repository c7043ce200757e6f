import { MongoClient, type Document } from 'mongodb';
import { answerWith } from '../rig/worker.js';

export interface ReaderTask {
  readonly uri: string;
  readonly database: string;
  /** Resume token to start after. */
  readonly after: Document;
  readonly events: number;
}

export interface ReaderAnswer {
  readonly seconds: number;
}

interface CursorReply {
  readonly cursor: { readonly id: unknown; readonly firstBatch?: unknown[]; readonly nextBatch?: unknown[] };
}

const BATCH = 1000;

/** What the change stream alone does: the same events, read in whole batches by the driver and thrown away. */
await answerWith<ReaderTask, ReaderAnswer>(async ({ uri, database, after, events }) => {
  const client = await MongoClient.connect(uri);
  const db = client.db(database);
  const startedAt = performance.now();
  let { cursor } = (await db.command({
    aggregate: 1,
    pipeline: [{ $changeStream: { fullDocument: 'updateLookup', startAfter: after } }],
    cursor: { batchSize: BATCH },
  })) as CursorReply;
  let seen = cursor.firstBatch?.length ?? 0;
  while (seen < events) {
    const next = { getMore: cursor.id, collection: '$cmd.aggregate', batchSize: BATCH, maxTimeMS: 1000 };
    ({ cursor } = (await db.command(next)) as CursorReply);
    seen += cursor.nextBatch?.length ?? 0;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await client.close();
  return { seconds };
});
