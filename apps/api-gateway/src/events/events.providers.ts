import { connect, RedisMessageProducer, StreamCatalog } from '@redis-mongo-sync/redis-streams';
import type { AuditLog } from '@redis-mongo-sync/audit-log';
import { Logger, type Provider } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { GatewayConfig } from '../gateway.config.js';
import { AUDIT_LOG, gatewayAuditLog } from './audit/audit-log.provider.js';
import { EventFollowers } from './audit/event-followers.js';
import { EventsLifecycle } from './events-lifecycle.js';
import { EVENTS_REDIS } from './events-redis.js';
import { EventMetrics } from './metrics/event-metrics.js';
import { EventProcessors } from './processing/event-processors.js';
import { EventRates } from './processing/event-rates.js';
import type { EventBus } from './publish/event-bus.js';
import { EventPublishing } from './publish/event-publishing.js';
import { ProducerBus } from './publish/producer-bus.js';
import { EventHealth } from './stats/event-health.js';
import { EventStats } from './stats/event-stats.js';
import { Backlog } from './streams/backlog.js';
import { StreamDirectory } from './streams/stream-directory.js';
import { TaskBoard } from './tasks/task-board.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Shorter than the service's own deadline, so that the stores can still be closed in order. */
const STOP_SHARE = 0.6;

/** Builds the event API: what publishes, what works on events, and what shows them. */
export function eventsProviders(config: GatewayConfig): Provider[] {
  const { events } = config;
  const logger = new Logger('Events');
  return [
    {
      provide: EVENTS_REDIS,
      useFactory: () => connect({ url: config.redis.url, profile: 'commands', name: 'api-gateway-events' }),
    },
    {
      provide: AUDIT_LOG,
      useFactory: () => gatewayAuditLog(config, (error) => logger.warn(`followers wait: ${String(error)}`)),
    },
    {
      provide: StreamDirectory,
      useFactory: (redis: Redis) => new StreamDirectory({ redis, maxStreams: events.maxStreams }),
      inject: [EVENTS_REDIS],
    },
    {
      provide: Backlog,
      useFactory: (redis: Redis) => new Backlog(redis, events.maxBacklog),
      inject: [EVENTS_REDIS],
    },
    { provide: EventRates, useFactory: (redis: Redis) => new EventRates(redis), inject: [EVENTS_REDIS] },
    { provide: ProducerBus, useFactory: eventBus, inject: [EVENTS_REDIS] },
    {
      provide: EventPublishing,
      useFactory: (
        redis: Redis,
        bus: EventBus,
        directory: StreamDirectory,
        backlog: Backlog,
        metrics: EventMetrics,
      ) =>
        new EventPublishing({
          redis,
          bus,
          directory,
          backlog,
          onPublished: (receipt, duplicate) => metrics.published(receipt, duplicate),
        }),
      inject: [EVENTS_REDIS, ProducerBus, StreamDirectory, Backlog, EventMetrics],
    },
    {
      provide: TaskBoard,
      useFactory: (redis: Redis, directory: StreamDirectory, backlog: Backlog, metrics: EventMetrics) =>
        new TaskBoard({
          redis,
          directory,
          backlog,
          keepCompletedMs: events.taskDays * DAY_MS,
          onPublished: (receipt, duplicate) => metrics.published(receipt, duplicate),
        }),
      inject: [EVENTS_REDIS, StreamDirectory, Backlog, EventMetrics],
    },
    {
      provide: EventProcessors,
      useFactory: (redis: Redis, directory: StreamDirectory, log: AuditLog, rates: EventRates) =>
        new EventProcessors({
          redis,
          directory,
          log,
          rates,
          logger,
          stopDeadlineMs: config.shutdownDeadlineMs * STOP_SHARE,
        }),
      inject: [EVENTS_REDIS, StreamDirectory, AUDIT_LOG, EventRates],
    },
    {
      provide: EventFollowers,
      useFactory: (log: AuditLog) => new EventFollowers({ log, maxFollowers: events.streamClients }),
      inject: [AUDIT_LOG],
    },
    {
      provide: EventStats,
      useFactory: (redis: Redis, log: AuditLog, directory: StreamDirectory, rates: EventRates) =>
        new EventStats({ redis, log, directory, rates }),
      inject: [EVENTS_REDIS, AUDIT_LOG, StreamDirectory, EventRates],
    },
    {
      provide: EventHealth,
      useFactory: (stats: EventStats, processors: EventProcessors) =>
        new EventHealth({ stats, processors: events.processors, ended: () => processors.ended }),
      inject: [EventStats, EventProcessors],
    },
    {
      provide: EventMetrics,
      useFactory: (stats: EventStats, followers: EventFollowers, processors: EventProcessors) =>
        new EventMetrics({ stats, followers, processors }),
      inject: [EventStats, EventFollowers, EventProcessors],
    },
    {
      provide: EventsLifecycle,
      useFactory: (redis: Redis, log: AuditLog, processors: EventProcessors, followers: EventFollowers) =>
        new EventsLifecycle({
          redis,
          log,
          processors,
          followers,
          settings: events,
          retentionDays: config.audit.retentionDays,
        }),
      inject: [EVENTS_REDIS, AUDIT_LOG, EventProcessors, EventFollowers],
    },
  ];
}

/** How long an event id is known at least, so that a repeat is recognised – unless more than `KNOWN_IDS` came since. */
const KNOWN_MS = DAY_MS;
const KNOWN_IDS = 200_000;

function eventBus(commands: Redis): ProducerBus {
  const catalog = new StreamCatalog();
  const producer = new RedisMessageProducer({ commands, catalog, idWindowMs: KNOWN_MS, maxIds: KNOWN_IDS });
  return new ProducerBus(producer, catalog);
}
