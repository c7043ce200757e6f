import { createServer, type AddressInfo } from 'node:net';
import { MongoClient } from 'mongodb';
import { startEmbeddedMongo } from '../../src/index.js';
import { eventually } from '../support.js';

export interface RunningTarget {
  uri: string;
  stop(): Promise<void>;
}

/** A server the contract is to hold for. */
export interface Target {
  name: string;
  /** Why it can't be had here. */
  unavailable?: string;
  start(): Promise<RunningTarget>;
}

const IMAGE = 'mongo:7.0';

export const embedded: Target = {
  name: 'the embedded stand-in',
  start: () => startEmbeddedMongo(),
};

/** A replica set of someone else's; the tests keep to a database of their own and drop it. */
const given: Target = {
  name: 'the MongoDB of MONGODB_URI',
  ...(process.env.MONGODB_URI ? {} : { unavailable: 'MONGODB_URI is not set' }),
  start: () => Promise.resolve({ uri: process.env.MONGODB_URI ?? '', stop: () => Promise.resolve() }),
};

const container: Target = {
  name: `a container of ${IMAGE}`,
  ...(process.env.RMS_TEST_SERVERS === 'docker' ? {} : { unavailable: 'npm test -- --docker starts it' }),
  start: startContainer,
};

export const realTargets: readonly Target[] = [given, container];
export const allTargets: readonly Target[] = [embedded, ...realTargets];

async function startContainer(): Promise<RunningTarget> {
  const { GenericContainer } = await import('testcontainers');
  // The same port inside and outside, so that the member's address holds for clients too.
  const port = await freePort();
  const server = await new GenericContainer(IMAGE)
    .withExposedPorts({ container: port, host: port })
    .withCommand(['mongod', '--replSet', 'rs0', '--bind_ip_all', '--port', String(port)])
    .start();
  await initiate(port);
  return {
    uri: `mongodb://127.0.0.1:${port}/?replicaSet=rs0`,
    stop: async () => {
      await server.stop({ remove: true, removeVolumes: true });
    },
  };
}

async function initiate(port: number): Promise<void> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`);
  try {
    const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
    await client.db('admin').command({ replSetInitiate: { _id: 'rs0', members } });
    await eventually(async () => {
      const hello = (await client.db('admin').command({ hello: 1 })) as { isWritablePrimary: boolean };
      return hello.isWritablePrimary;
    }, 30_000);
  } finally {
    await client.close();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}
