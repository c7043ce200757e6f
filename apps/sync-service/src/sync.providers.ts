import { tombstoneTtlMs } from '@redis-mongo-sync/service-kit';
import { StoreUnavailableError, USERS } from '@redis-mongo-sync/sync-core';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type Provider,
} from '@nestjs/common';
import { MongoClient } from 'mongodb';
import { SyncDeadLetters } from './dead-letters/sync-dead-letters.js';
import { SyncEngine } from './engine.js';
import { RecordHistory } from './history/record-history.js';
import { MetricsReport } from './metrics/metrics-report.js';
import { PrometheusMetrics } from './metrics/prometheus-metrics.js';
import type { SyncServiceConfig } from './sync-service.config.js';

/** Builds the engine from the configuration; the classes inside know nothing of Nest. */
export function syncProviders(config: SyncServiceConfig): Provider[] {
  return [
    { provide: MongoClient, useFactory: () => mongoClient(config) },
    {
      provide: SyncEngine,
      useFactory: (mongo: MongoClient) => engineOf(config, mongo),
      inject: [MongoClient],
    },
    {
      provide: MetricsReport,
      useFactory: (engine: SyncEngine) => new MetricsReport(engine),
      inject: [SyncEngine],
    },
    {
      provide: PrometheusMetrics,
      useFactory: (engine: SyncEngine, report: MetricsReport) => new PrometheusMetrics(engine, report),
      inject: [SyncEngine, MetricsReport],
    },
    {
      provide: SyncDeadLetters,
      useFactory: (engine: SyncEngine) => new SyncDeadLetters(engine.commands, USERS.secretFields),
      inject: [SyncEngine],
    },
    {
      provide: RecordHistory,
      useFactory: (engine: SyncEngine, mongo: MongoClient) => historyOf(config, engine, mongo),
      inject: [SyncEngine, MongoClient],
    },
    {
      provide: EngineLifecycle,
      useFactory: (engine: SyncEngine, mongo: MongoClient) => new EngineLifecycle(engine, mongo, config),
      inject: [SyncEngine, MongoClient],
    },
  ];
}

/** Starts the engine with the application and drains it before the application goes. */
@Injectable()
export class EngineLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly engine: SyncEngine,
    private readonly mongo: MongoClient,
    private readonly config: SyncServiceConfig,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // A Redis that is down now is looked at when it is back.
    await this.engine.requireSafeRedis().catch((error: unknown) => {
      if (!(error instanceof StoreUnavailableError)) throw error;
    });
    this.engine.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.engine.stop(this.config.shutdownDeadlineMs / 2);
    await this.mongo.close();
  }
}

function engineOf(config: SyncServiceConfig, mongo: MongoClient): SyncEngine {
  const logger = new Logger('Sync');
  return new SyncEngine({
    mongo,
    database: config.mongo.database,
    redisUrl: config.redis.url,
    entities: [USERS],
    log: {
      info: (message) => logger.log(message),
      warn: (message) => logger.warn(message),
      error: (message) => logger.error(message),
      debug: (message) => logger.debug(message),
    },
    batchSize: config.batchSize,
    maxStreamLength: config.maxStreamLength,
    maxSkewMs: config.maxSkewMs,
    tombstoneTtlMs: tombstoneTtlMs(config.tombstones),
    historyDays: config.historyDays,
    reconcileEveryMs: config.reconcileEveryMinutes * 60_000,
    reconcileSample: config.reconcileSample,
  });
}

function historyOf(config: SyncServiceConfig, engine: SyncEngine, mongo: MongoClient): RecordHistory {
  return new RecordHistory({
    mongo,
    database: config.mongo.database,
    redis: engine.commands,
    entities: [USERS],
    conflicts: engine.conflicts,
    tombstoneTtlMs: tombstoneTtlMs(config.tombstones),
  });
}

/** Connects by itself at the first command, and again whenever it must: the service starts while MongoDB is down. */
function mongoClient({ mongo }: SyncServiceConfig): MongoClient {
  return new MongoClient(mongo.uri, {
    appName: 'sync-service',
    serverSelectionTimeoutMS: mongo.timeoutMs,
    connectTimeoutMS: mongo.timeoutMs,
    // A frozen server or a black hole ends a command after this; a change stream waits one second at most.
    socketTimeoutMS: 10_000,
    heartbeatFrequencyMS: 2_000,
  });
}
