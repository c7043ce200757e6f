import { testcontainers } from './testcontainers.js';
import { freePort } from '../process/free-port.js';
import { probeRedis } from '../redis/probe-redis.js';
import type { PrivateRedis } from '../redis/private-redis.js';
import { ServerContainer } from './server-container.js';

const IMAGE = 'redis:7.4-alpine';
/** How one container reaches the published port of another: over the machine they run on. */
export const HOST_FROM_CONTAINER = 'host.docker.internal';

/** The same private Redis in a container. The host port is fixed, so that it stays the same over a restart. */
export async function startRedisContainer(
  appendOnly: boolean,
  directives: Readonly<Record<string, string>>,
): Promise<PrivateRedis> {
  const { GenericContainer } = await testcontainers();
  const port = await freePort();
  const settings = { save: '', 'protected-mode': 'no', appendonly: appendOnly ? 'yes' : 'no', ...directives };
  const args = Object.entries(settings).flatMap(([name, value]) => [
    `--${name}`,
    ...(value ? value.split(' ') : ['']),
  ]);
  const container = new GenericContainer(IMAGE)
    .withExposedPorts({ container: 6379, host: port })
    .withExtraHosts([{ host: HOST_FROM_CONTAINER, ipAddress: 'host-gateway' }])
    .withCommand(['redis-server', ...args]);
  const url = `redis://127.0.0.1:${port}`;
  const server = await ServerContainer.start(container, async () => (await probeRedis(url)).answers);
  return Object.assign(server, { url, host: '127.0.0.1', port });
}
