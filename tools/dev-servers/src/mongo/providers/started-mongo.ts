import { mkdirSync } from 'node:fs';
import { preferredPort } from '../../process/preferred-port.js';
import { shortPath } from '../../resolve/short-path.js';
import type { Provider, ProviderAnswer } from '../../resolve/provider.js';
import { replicaSetUri } from '../initiate-replica-set.js';
import { findMongod, startMongod } from '../mongod.js';
import { directUri, probeMongo } from '../probe-mongo.js';
import { MONGO_PORT } from './answering-mongo.js';

/** A `mongod` from the PATH, started here as the replica set `rs0` with its data in the project's data folder. */
export function startedMongo(folder: string, env: NodeJS.ProcessEnv): Provider {
  return {
    name: 'PATH',
    offer: async () => {
      const binary = findMongod(env);
      if (!binary) return { outcome: 'passed', because: 'no mongod is on the PATH' };
      return startPersistentMongod(binary, folder, `${binary} is on the PATH`);
    },
  };
}

export async function startPersistentMongod(
  binary: string,
  folder: string,
  because: string,
): Promise<ProviderAnswer> {
  mkdirSync(folder, { recursive: true });
  const port = await preferredPort(MONGO_PORT);
  const process = await startMongod({ binary, port, folder });
  const probe = await probeMongo(directUri(port));
  const version = probe.answers ? ` ${probe.version}` : '';
  const description = `mongod${version}, started here as replica set rs0 with its data in ${shortPath(folder)}`;
  return {
    outcome: 'chosen',
    server: { url: replicaSetUri(port), kind: 'real', description, warnings: [], process },
    because,
  };
}
