import { MongoClient, MongoServerError } from 'mongodb';
import { waitUntil } from '../process/wait-until.js';
import { directUri, probeMongo } from './probe-mongo.js';

export const REPLICA_SET = 'rs0';

const ALREADY_INITIALIZED = 23;
const ELECTION_TIMEOUT_MS = 30_000;

/** Makes the `mongod` at `port` a replica set of one (unless it is one) and waits until it takes writes. */
export async function initiateReplicaSet(port: number, member = `127.0.0.1:${port}`): Promise<void> {
  const client = new MongoClient(directUri(port), { serverSelectionTimeoutMS: ELECTION_TIMEOUT_MS });
  try {
    await client
      .db('admin')
      .command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host: member }] } });
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === ALREADY_INITIALIZED)) throw error;
  } finally {
    await client.close();
  }
  const elected = await waitUntil(() => isPrimary(port), { timeoutMs: ELECTION_TIMEOUT_MS, everyMs: 100 });
  if (!elected)
    throw new Error(`mongod on port ${port} did not become primary within ${ELECTION_TIMEOUT_MS} ms.`);
}

async function isPrimary(port: number): Promise<boolean> {
  const probe = await probeMongo(directUri(port));
  return probe.answers && probe.primary;
}

export function replicaSetUri(port: number): string {
  return `mongodb://127.0.0.1:${port}/?replicaSet=${REPLICA_SET}`;
}
