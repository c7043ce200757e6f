import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { startMongoContainer } from '../docker/mongo-container.js';
import { delegateControl } from '../process/delegate-control.js';
import { freePort } from '../process/free-port.js';
import type { ServerControl } from '../process/server-process.js';
import { createTempFolder } from '../process/temp-folder.js';
import { wantedServers } from '../testing/wanted-servers.js';
import { startEmbeddedProcess } from './embedded-process.js';
import { replicaSetUri } from './initiate-replica-set.js';
import { findMongod, startMongod } from './mongod.js';

/** A MongoDB for one test file, with a database of its own. Everything in that database is gone after `stop()`. */
export interface PrivateMongo {
  readonly uri: string;
  /** A random name that no other test uses. */
  readonly database: string;
  /** `real`: MongoDB itself; `embedded`: the project's stand-in. */
  readonly kind: 'real' | 'embedded';
  readonly provider: 'env' | 'path' | 'docker' | 'embedded';
  /** Why this one, for a person. */
  readonly why: string;
  stop(): Promise<void>;
}

/** One that may be killed, frozen and restarted on the same port and data. */
export interface KillableMongo extends PrivateMongo, ServerControl {
  readonly port: number;
  stop(): Promise<void>;
}

export interface PrivateMongoOptions {
  /** `child`: a process of its own, to be killed. Default `shared`: the nearest server, in this process if embedded. */
  readonly mode?: 'shared' | 'child';
  /** How many changes the stand-in's streams can go back to, in mode `child`; a real server has an oplog of its own. */
  readonly oplogEntries?: number;
}

/**
 * Order: `MONGODB_URI` (not for `child`: not ours to kill), a container when asked for (`npm test -- --docker`), a
 * `mongod` on the PATH, the embedded stand-in.
 */
export function startPrivateMongo(
  options: PrivateMongoOptions & { readonly mode: 'child' },
): Promise<KillableMongo>;
export function startPrivateMongo(options?: PrivateMongoOptions): Promise<PrivateMongo>;
export async function startPrivateMongo(options: PrivateMongoOptions = {}): Promise<PrivateMongo> {
  const wanted = wantedServers();
  if (wanted === 'none') throw new Error('No servers wanted (RMS_TEST_SERVERS=none).');
  const uri = process.env.MONGODB_URI;
  if (uri && options.mode !== 'child') return givenServer(uri);
  if (wanted === 'docker')
    return Object.assign(await startMongoContainer(), naming('docker', '--docker was given'));
  const mongod = findMongod();
  if (mongod)
    return ownProcess('path', `${mongod} is on the PATH`, (port, folder) =>
      startMongod({ binary: mongod, port, folder }),
    );
  const why = 'no MONGODB_URI and no mongod on the PATH';
  return options.mode === 'child'
    ? ownProcess('embedded', why, (port, folder) => startEmbeddedProcess(port, folder, options))
    : embeddedHere(why);
}

type Naming = Pick<PrivateMongo, 'database' | 'kind' | 'provider' | 'why'>;

function naming(provider: PrivateMongo['provider'], why: string): Naming {
  const database = `test_${randomBytes(6).toString('hex')}`;
  return { database, kind: provider === 'embedded' ? 'embedded' : 'real', provider, why };
}

function givenServer(uri: string): PrivateMongo {
  const names = naming('env', 'MONGODB_URI is set');
  return { ...names, uri, stop: () => dropDatabase(uri, names.database) };
}

async function dropDatabase(uri: string, name: string): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5_000 });
  try {
    await client.db(name).dropDatabase();
  } finally {
    await client.close();
  }
}

async function ownProcess(
  provider: 'path' | 'embedded',
  why: string,
  start: (port: number, folder: string) => Promise<ServerControl>,
): Promise<KillableMongo> {
  const port = await freePort();
  const folder = createTempFolder('mongo');
  try {
    const control = delegateControl(await start(port, folder.path), folder.remove);
    return Object.assign(control, naming(provider, why), { uri: replicaSetUri(port), port });
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** In memory, in this process: the fastest to start and nothing to clean up. */
async function embeddedHere(why: string): Promise<PrivateMongo> {
  const { startEmbeddedMongo } = await import('@redis-mongo-sync/embedded-mongo');
  const server = await startEmbeddedMongo();
  return { ...naming('embedded', why), uri: server.uri, stop: () => server.stop() };
}
