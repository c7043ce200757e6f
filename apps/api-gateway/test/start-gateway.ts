import { createService } from '@redis-mongo-sync/service-kit';
import { probeOf, type HttpProbe } from '@redis-mongo-sync/service-kit/testing';
import { GatewayConfig } from '../src/gateway.config.js';
import { GatewayModule } from '../src/gateway.module.js';

interface GatewayBehind {
  readonly redisUrl: string;
  readonly userServiceUrl: string;
  readonly syncServiceUrl?: string;
  readonly eventServiceUrl?: string;
  readonly adminToken?: string;
}

/** Where nothing listens. */
const NOWHERE = 'http://127.0.0.1:9';

/** The gateway as production starts it, on a free port. */
export async function startGateway(behind: GatewayBehind): Promise<HttpProbe> {
  const config = new GatewayConfig();
  config.userServiceUrl = behind.userServiceUrl;
  config.syncServiceUrl = behind.syncServiceUrl ?? behind.userServiceUrl;
  config.eventServiceUrl = behind.eventServiceUrl ?? NOWHERE;
  config.rateLimitPerSecond = 0;
  config.apiDocs = false; // @fastify/static, which serves the pages, cannot be loaded inside Jest
  Object.assign(config.redis, { url: behind.redisUrl });
  if (behind.adminToken !== undefined) config.adminToken = behind.adminToken;
  return probeOf(await createService({ module: GatewayModule, config, logger: false }));
}
