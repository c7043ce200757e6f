import { MongoServerError, type Document, type MongoClient } from 'mongodb';
import { clusterTimeOf, epochMsOf } from './cluster-time.js';
import { translateMongoError } from './mongo-errors.js';

/** What the oplog holds, epoch ms by the server's clock – or why that cannot be known. */
export type OplogWindow =
  | { readonly known: true; readonly firstMs: number; readonly lastMs: number }
  | { readonly known: false; readonly reason: string };

/**
 * The first and the last entry of `local.oplog.rs`. Needs the right to read the database `local`; a server that refuses
 * makes the window unknown.
 *
 * @throws StoreUnavailableError when the server does not answer
 */
export async function readOplogWindow(client: MongoClient): Promise<OplogWindow> {
  try {
    const [firstMs, lastMs] = await Promise.all([entryTime(client, 1), entryTime(client, -1)]);
    if (firstMs === null || lastMs === null) return { known: false, reason: 'the server has no oplog' };
    return { known: true, firstMs, lastMs };
  } catch (error) {
    if (error instanceof MongoServerError && !error.hasErrorLabel('RetryableWriteError')) {
      return { known: false, reason: error.message };
    }
    throw translateMongoError(error);
  }
}

async function entryTime(client: MongoClient, direction: 1 | -1): Promise<number | null> {
  const oplog = client.db('local').collection('oplog.rs');
  const [entry]: Document[] = await oplog
    .find({}, { projection: { ts: 1 } })
    .sort({ $natural: direction })
    .limit(1)
    .toArray();
  const time = entry ? clusterTimeOf(entry.ts) : null;
  return time === null ? null : epochMsOf(time);
}
