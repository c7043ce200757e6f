import { mkdirSync } from 'node:fs';
import { preferredPort } from '../../process/preferred-port.js';
import { shortPath } from '../../resolve/short-path.js';
import type { Provider } from '../../resolve/provider.js';
import { startEmbeddedProcess } from '../embedded-process.js';
import { replicaSetUri } from '../initiate-replica-set.js';
import { MONGO_PORT } from './answering-mongo.js';

/** The project's stand-in for MongoDB: always there, for development only. */
export function embeddedMongo(folder: string): Provider {
  return {
    name: 'embedded',
    offer: async () => {
      mkdirSync(folder, { recursive: true });
      const port = await preferredPort(MONGO_PORT);
      const process = await startEmbeddedProcess(port, folder);
      const description = `the embedded stand-in, started here with its data in ${shortPath(folder)}`;
      const warnings = ['MongoDB is the embedded stand-in: for development and tests, not for production.'];
      const server = { url: replicaSetUri(port), kind: 'embedded', description, warnings, process } as const;
      return { outcome: 'chosen', server, because: 'the embedded stand-in needs nothing' };
    },
  };
}
