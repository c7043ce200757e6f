import type { Provider } from '../../resolve/provider.js';
import { describeMongo, directUri, probeMongo } from '../probe-mongo.js';

export const MONGO_PORT = 27017;

/**
 * A replica set whose primary already answers on this machine. It is spoken to directly: the member names it gives may
 * not resolve here (a container's).
 */
export function answeringMongo(port = MONGO_PORT): Provider {
  return {
    name: `port ${port}`,
    offer: async () => {
      const probe = await probeMongo(directUri(port));
      if (!probe.answers) return { outcome: 'passed', because: `no MongoDB answers on ${port}` };
      if (!probe.streamsChanges) {
        return {
          outcome: 'passed',
          because: `the MongoDB on ${port} is no replica set (start it with --replSet rs0)`,
        };
      }
      if (!probe.primary)
        return { outcome: 'passed', because: `the MongoDB on ${port} is not the primary of its replica set` };
      const server = {
        url: directUri(port),
        kind: probe.kind,
        description: describeMongo(probe),
        warnings: [],
      };
      return { outcome: 'chosen', server, because: `a replica set answers on ${port}` };
    },
  };
}
