import { connect } from '@redis-mongo-sync/redis-streams';
import { StoreRecords } from '@redis-mongo-sync/records-http';
import { tombstoneTtlMs } from '@redis-mongo-sync/service-kit';
import { RedisRecordStore } from '@redis-mongo-sync/sync-adapters';
import { USERS } from '@redis-mongo-sync/sync-core';
import { Logger, type OnApplicationShutdown, type OnModuleInit, type Provider } from '@nestjs/common';
import { Redis } from 'ioredis';
import { once } from 'node:events';
import type { GatewayConfig } from './gateway.config.js';
import { EventDocs } from './events/event-docs.js';
import { EventServiceClient } from './events/event-service-client.js';
import { EventsForwarder } from './events/events-forwarder.js';
import { EventsLight } from './events/events-light.js';
import { GatewayMetrics } from './events/gateway-metrics.js';
import type { ServiceClient } from './forwarding/service-client.js';
import { Dependencies } from './health/dependencies.js';
import { StoreWatch } from './health/store-watch.js';
import { MONGO_FIRST_EDGE, MONGO_FIRST_PATH } from './mongo-first/mongo-first.controller.js';
import { RemoteUsers } from './mongo-first/remote-users.js';
import { UserServiceClient } from './mongo-first/user-service-client.js';
import { REDIS_FIRST_EDGE, REDIS_FIRST_PATH } from './redis-first/redis-first.controller.js';
import { SyncFollower } from './users/sync-follower.js';
import { RecordsEdge } from './users/records-edge.js';

/** Builds the two sides, each of which follows its writes to the other. */
export function gatewayProviders(config: GatewayConfig): Provider[] {
  return [
    {
      provide: Redis,
      useFactory: () => connect({ url: config.redis.url, profile: 'http', name: 'api-gateway' }),
    },
    {
      provide: UserServiceClient,
      useFactory: () =>
        new UserServiceClient({ url: config.userServiceUrl, timeoutMs: config.userServiceTimeoutMs }),
    },
    {
      provide: EventServiceClient,
      useFactory: () =>
        new EventServiceClient({ url: config.eventServiceUrl, timeoutMs: config.eventServiceTimeoutMs }),
    },
    EventDocs,
    EventsForwarder,
    EventsLight,
    GatewayMetrics,
    {
      provide: StoreRecords,
      useFactory: (redis: Redis) => redisUsers(redis, config),
      inject: [Redis],
    },
    {
      provide: RemoteUsers,
      useFactory: (client: UserServiceClient) => new RemoteUsers(client, `/${MONGO_FIRST_PATH}`),
      inject: [UserServiceClient],
    },
    {
      provide: MONGO_FIRST_EDGE,
      useFactory: (mongo: RemoteUsers, redis: StoreRecords, watch: StoreWatch) =>
        new RecordsEdge(mongo, new SyncFollower({ records: redis, store: 'redis', watch })),
      inject: [RemoteUsers, StoreRecords, StoreWatch],
    },
    {
      provide: REDIS_FIRST_EDGE,
      useFactory: (mongo: RemoteUsers, redis: StoreRecords, watch: StoreWatch) =>
        new RecordsEdge(redis, new SyncFollower({ records: mongo, store: 'mongo', watch })),
      inject: [RemoteUsers, StoreRecords, StoreWatch],
    },
    {
      provide: Dependencies,
      useFactory: (redis: Redis, client: UserServiceClient) =>
        new Dependencies(redis, client, config.syncServiceUrl),
      inject: [Redis, UserServiceClient],
    },
    {
      provide: StoreWatch,
      useFactory: (dependencies: Dependencies) => new StoreWatch(dependencies.stores),
      inject: [Dependencies],
    },
    {
      provide: GatewayConnections,
      useFactory: (redis: Redis, users: UserServiceClient, events: EventServiceClient) =>
        new GatewayConnections(redis, [users, events]),
      inject: [Redis, UserServiceClient, EventServiceClient],
    },
  ];
}

/** A Redis that is up is connected well within this. */
const CONNECT_MS = 1_000;

/** Opens the connections before the first request, and closes them after the last. */
class GatewayConnections implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly redis: Redis,
    private readonly services: readonly ServiceClient[],
  ) {}

  /** Waits for Redis a moment: requests to a client that is still connecting are refused. Goes on without it. */
  async onModuleInit(): Promise<void> {
    if (this.redis.status === 'ready') return;
    await once(this.redis, 'ready', { signal: AbortSignal.timeout(CONNECT_MS) }).catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    this.redis.disconnect();
    await Promise.all(this.services.map((service) => service.close()));
  }
}

function redisUsers(redis: Redis, { tombstones }: GatewayConfig): StoreRecords {
  const logger = new Logger('RedisUsers');
  const store = new RedisRecordStore({
    redis,
    entity: USERS,
    tombstoneTtlMs: tombstoneTtlMs(tombstones),
    onForeign: (found) => {
      for (const { type, name } of found) logger.warn(`a ${type} in the place of ${name} was written over`);
    },
  });
  return new StoreRecords({ entity: USERS, store, basePath: `/${REDIS_FIRST_PATH}` });
}
