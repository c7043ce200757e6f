import { createService } from '@redis-mongo-sync/service-kit';
import { probeOf, type HttpProbe } from '@redis-mongo-sync/service-kit/testing';
import { EventServiceConfig } from '../src/event-service.config.js';
import { EventServiceModule } from '../src/event-service.module.js';
import type { EventsSettings } from '../src/events-settings.js';

interface EventServiceStores {
  readonly redisUrl: string;
  /** Of the audit log. */
  readonly mongo?: { readonly uri: string; readonly database: string };
  /** Another place for the audit log. */
  readonly auditPostgresUrl?: string;
  readonly adminToken?: string;
  readonly events?: Partial<EventsSettings>;
}

/** The event service as production starts it, on a free port. */
export async function startEventService(stores: EventServiceStores): Promise<HttpProbe> {
  const config = new EventServiceConfig();
  Object.assign(config.redis, { url: stores.redisUrl });
  Object.assign(config.mongo, stores.mongo);
  if (stores.adminToken !== undefined) config.adminToken = stores.adminToken;
  if (stores.auditPostgresUrl !== undefined) {
    const { auditPostgresUrl: postgresUrl } = stores;
    Object.assign(config.audit, { store: 'postgres', postgresUrl, timeoutMs: 1_000 });
  }
  Object.assign(config.events, stores.events);
  return probeOf(await createService({ module: EventServiceModule, config, logger: false }));
}
