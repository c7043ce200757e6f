import { hideCredentials } from '../../resolve/hide-credentials.js';
import type { Provider } from '../../resolve/provider.js';
import { describeMongo, probeMongo } from '../probe-mongo.js';

const TIMEOUT_MS = 8_000;

/** The MongoDB that `MONGODB_URI` names. When set it is used or refused: never replaced in silence. */
export function givenMongo(uri: string | undefined, timeoutMs = TIMEOUT_MS): Provider {
  return {
    name: 'MONGODB_URI',
    offer: async () => {
      if (!uri) return { outcome: 'passed', because: 'MONGODB_URI is not set' };
      const shown = hideCredentials(uri);
      const probe = await probeMongo(uri, timeoutMs);
      if (!probe.answers) {
        return {
          outcome: 'refused',
          because: `MONGODB_URI is ${shown}, but no MongoDB answers there: ${probe.reason}.`,
        };
      }
      if (!probe.streamsChanges) {
        const because = `The MongoDB at ${shown} is no replica set, so it has no change streams. Start it with --replSet rs0.`;
        return { outcome: 'refused', because };
      }
      const server = { url: uri, kind: probe.kind, description: describeMongo(probe), warnings: [] };
      return { outcome: 'chosen', server, because: 'MONGODB_URI is set' };
    },
  };
}
