import type { AuditLog } from '@redis-mongo-sync/audit-log';
import { connect, RedisMessageBus } from '@redis-mongo-sync/redis-streams';
import { USER_SECRET_FIELDS } from '@redis-mongo-sync/sync-core';
import { Logger, type Provider } from '@nestjs/common';
import { Redis } from 'ioredis';
import { AUDIT_LOG, openEventLog } from './audit/audit-log.provider.js';
import { EventFollowers } from './audit/event-followers.js';
import type { EventServiceConfig } from './event-service.config.js';
import { EventsLifecycle } from './events-lifecycle.js';
import { EventsSettings } from './events-settings.js';
import { EventMetrics } from './metrics/event-metrics.js';
import { EventRates } from './processing/event-rates.js';
import { EventSubscriptions } from './processing/event-subscriptions.js';
import { ProcessingObserver } from './processing/processing-observer.js';
import { EventProducer } from './publish/event-producer.js';
import { EventPublishing } from './publish/event-publishing.js';
import { EventHealth } from './stats/event-health.js';
import { EventStats } from './stats/event-stats.js';
import { Backlog } from './streams/backlog.js';
import { StreamDirectory } from './streams/stream-directory.js';
import { TaskBoard } from './tasks/task-board.js';

/** How long an event id is known at least, so that a repeat is recognised – unless more than `KNOWN_IDS` came since. */
const KNOWN_MS = 24 * 60 * 60 * 1000;
const KNOWN_IDS = 200_000;

/** Takes over what a killed service had in hand after this. Longer than an append may take. */
const TAKE_OVER_MS = 15_000;

/** Shorter than the service's own deadline, so that the stores can still be closed in order. */
const STOP_SHARE = 0.6;

/** Builds what publishes, what works on events, and what shows them. */
export function eventServiceProviders(config: EventServiceConfig): Provider[] {
  const { redis, events } = config;
  return [
    { provide: EventsSettings, useValue: events },
    {
      // Waits through a short reconnect: every command on it is an idempotent script or a read.
      provide: Redis,
      useFactory: () => connect({ url: redis.url, profile: 'commands', name: 'event-service' }),
    },
    { provide: AUDIT_LOG, useFactory: () => openEventLog(config, tellFollowersWait) },
    {
      provide: RedisMessageBus,
      useFactory: (commands: Redis, observer: ProcessingObserver) =>
        new RedisMessageBus({
          commands,
          observer,
          idWindowMs: KNOWN_MS,
          maxIds: KNOWN_IDS,
          deadLetters: { secretFields: USER_SECRET_FIELDS },
          timings: {
            minIdleMs: TAKE_OVER_MS,
            reclaimEveryMs: TAKE_OVER_MS / 3,
            drainMs: config.shutdownDeadlineMs * STOP_SHARE,
          },
        }),
      inject: [Redis, ProcessingObserver],
    },
    {
      provide: EventFollowers,
      useFactory: (log: AuditLog) => new EventFollowers({ log, maxFollowers: events.streamClients }),
      inject: [AUDIT_LOG],
    },
    {
      provide: EventHealth,
      useFactory: (stats: EventStats, subscriptions: EventSubscriptions) =>
        new EventHealth({ stats, failed: () => subscriptions.failed }),
      inject: [EventStats, EventSubscriptions],
    },
    Backlog,
    EventMetrics,
    EventProducer,
    EventPublishing,
    EventRates,
    EventsLifecycle,
    EventStats,
    EventSubscriptions,
    ProcessingObserver,
    StreamDirectory,
    TaskBoard,
  ];
}

function tellFollowersWait(error: unknown): void {
  new Logger('Events').warn(`followers wait: ${String(error)}`);
}
