import { testcontainers } from './testcontainers.js';
import { freePort } from '../process/free-port.js';
import { initiateReplicaSet, REPLICA_SET } from '../mongo/initiate-replica-set.js';
import { directUri, probeMongo } from '../mongo/probe-mongo.js';
import { ServerContainer } from './server-container.js';
import type { ServerControl } from '../process/server-process.js';

const IMAGE = 'mongo:7.0';

/**
 * A replica set of one in a container. It listens on the same port inside and outside, so that the member's address
 * (127.0.0.1:port) holds for itself and for clients on this machine alike.
 */
export async function startMongoContainer(): Promise<
  ServerControl & { readonly uri: string; readonly port: number }
> {
  const { GenericContainer } = await testcontainers();
  const port = await freePort();
  const container = new GenericContainer(IMAGE)
    .withExposedPorts({ container: port, host: port })
    .withCommand(['mongod', '--replSet', REPLICA_SET, '--bind_ip_all', '--port', String(port)]);
  const server = await ServerContainer.start(
    container,
    async () => (await probeMongo(directUri(port))).answers,
  );
  await initiateReplicaSet(port);
  return Object.assign(server, { uri: `${directUri(port)}&replicaSet=${REPLICA_SET}`, port });
}
