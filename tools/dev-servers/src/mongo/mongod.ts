import { findOnPath } from '../process/find-on-path.js';
import { ServerProcess } from '../process/server-process.js';
import { initiateReplicaSet, REPLICA_SET } from './initiate-replica-set.js';
import { directUri, probeMongo } from './probe-mongo.js';

interface MongodSettings {
  readonly binary: string;
  readonly port: number;
  readonly folder: string;
}

export function findMongod(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return findOnPath(['mongod'], env);
}

/** Starts a real `mongod` as the replica set `rs0` of one, reachable from this machine only. */
export async function startMongod(settings: MongodSettings): Promise<ServerProcess> {
  const { binary, port, folder } = settings;
  const server = await ServerProcess.start({
    command: binary,
    args: ['--replSet', REPLICA_SET, '--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', folder],
    ready: async () => (await probeMongo(directUri(port), 500)).answers,
    startTimeoutMs: 60_000,
  });
  await initiateReplicaSet(port);
  return server;
}
