import { MongoClient, MongoServerError } from 'mongodb';
import { waitUntil } from '../process/wait-until.js';
import { directUri, probeMongo } from './probe-mongo.js';

export const REPLICA_SET = 'rs0';

const ALREADY_INITIALIZED = 23;
const ELECTION_TIMEOUT_MS = 30_000;

/** Makes the `mongod` at `port` a replica set of one and waits until it takes writes. */
export async function initiateReplicaSet(port: number): Promise<void> {
  const client = new MongoClient(directUri(port), { serverSelectionTimeoutMS: ELECTION_TIMEOUT_MS });
  const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
  try {
    await client.db('admin').command({ replSetInitiate: { _id: REPLICA_SET, members } });
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === ALREADY_INITIALIZED)) throw error;
    await moveMember(client, members);
  } finally {
    await client.close();
  }
  const elected = await waitUntil(() => isPrimary(port), { timeoutMs: ELECTION_TIMEOUT_MS, everyMs: 100 });
  if (!elected)
    throw new Error(`mongod on port ${port} did not become primary within ${ELECTION_TIMEOUT_MS} ms.`);
}

/** A set of one keeps its own address in its data; on another port than last time it would not know itself. */
async function moveMember(client: MongoClient, members: readonly { host: string }[]): Promise<void> {
  const admin = client.db('admin');
  const { config } = (await admin.command({ replSetGetConfig: 1 })) as { config: ReplicaSetConfig };
  if (config.members[0]?.host === members[0]?.host) return;
  const moved = { ...config, version: config.version + 1, members };
  await admin.command({ replSetReconfig: moved, force: true });
}

interface ReplicaSetConfig {
  readonly version: number;
  readonly members: readonly { readonly host: string }[];
}

async function isPrimary(port: number): Promise<boolean> {
  const probe = await probeMongo(directUri(port));
  return probe.answers && probe.primary;
}

export function replicaSetUri(port: number): string {
  return `mongodb://127.0.0.1:${port}/?replicaSet=${REPLICA_SET}`;
}
