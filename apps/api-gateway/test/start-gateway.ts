import { createService } from '@redis-mongo-sync/service-kit';
import { probeOf, type HttpProbe } from '../../../libs/service-kit/src/testing/http-probe.js';
import type { EventsSettings } from '../src/events/events-settings.js';
import { GatewayConfig } from '../src/gateway.config.js';
import { GatewayModule } from '../src/gateway.module.js';

export interface GatewayBehind {
  readonly redisUrl: string;
  readonly userServiceUrl: string;
  readonly syncServiceUrl?: string;
  /** Of the audit log. Without one the gateway publishes events, and works on none. */
  readonly mongo?: { readonly uri: string; readonly database: string };
  /** Another place for the audit log. */
  readonly auditPostgresUrl?: string;
  readonly adminToken?: string;
  readonly events?: Partial<EventsSettings>;
}

/** The gateway as production starts it, on a free port. */
export async function startGateway(behind: GatewayBehind): Promise<HttpProbe> {
  const config = new GatewayConfig();
  config.userServiceUrl = behind.userServiceUrl;
  config.syncServiceUrl = behind.syncServiceUrl ?? behind.userServiceUrl;
  config.rateLimitPerSecond = 0;
  config.apiDocs = false; // @fastify/static, which serves the pages, cannot be loaded inside Jest
  Object.assign(config.redis, { url: behind.redisUrl });
  if (behind.adminToken !== undefined) config.adminToken = behind.adminToken;
  if (behind.mongo) Object.assign(config.mongo, { uri: behind.mongo.uri, database: behind.mongo.database });
  if (behind.auditPostgresUrl !== undefined) {
    Object.assign(config.audit, {
      store: 'postgres',
      postgresUrl: behind.auditPostgresUrl,
      timeoutMs: 1_000,
    });
  }
  const processors = behind.mongo !== undefined || behind.auditPostgresUrl !== undefined;
  Object.assign(config.events, { processors, ...behind.events });
  return probeOf(await createService({ module: GatewayModule, config, logger: false }));
}
