import {
  Reconciles,
  RecordHistory,
  SyncDeadLetters,
  SyncEngine,
  SyncStatus,
  UnsyncableDocuments,
  type EngineLog,
} from '@redis-mongo-sync/sync-engine';
import {
  Logger,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type Provider,
} from '@nestjs/common';
import { syncMongo, type SyncMongo } from './mongo-client.js';
import { SyncLifecycle } from './sync-lifecycle.js';
import { SYNC_MODULE_OPTIONS, type SyncModuleOptions } from './sync-module-options.js';

const SYNC_MONGO = Symbol('SYNC_MONGO');
const STOP_DEADLINE_MS = 5_000;

export interface SyncModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly useFactory: (...dependencies: never[]) => Promise<SyncModuleOptions> | SyncModuleOptions;
  readonly inject?: FactoryProvider['inject'];
}

const handle = <T>(token: abstract new (...args: never[]) => T, of: (engine: SyncEngine) => T): Provider => ({
  provide: token,
  useFactory: of,
  inject: [SyncEngine],
});

const providers: Provider[] = [
  {
    provide: SYNC_MONGO,
    useFactory: ({ mongo }: SyncModuleOptions) => syncMongo(mongo),
    inject: [SYNC_MODULE_OPTIONS],
  },
  { provide: SyncEngine, useFactory: engineOf, inject: [SYNC_MODULE_OPTIONS, SYNC_MONGO] },
  handle(SyncStatus, ({ status }) => status),
  handle(SyncDeadLetters, ({ deadLetters }) => deadLetters),
  handle(RecordHistory, ({ history }) => history),
  handle(Reconciles, ({ reconcile }) => reconcile),
  handle(UnsyncableDocuments, ({ unsyncable }) => unsyncable),
  {
    provide: SyncLifecycle,
    useFactory: (engine: SyncEngine, mongo: SyncMongo, { stopDeadlineMs }: SyncModuleOptions) =>
      new SyncLifecycle(engine, mongo, stopDeadlineMs ?? STOP_DEADLINE_MS),
    inject: [SyncEngine, SYNC_MONGO, SYNC_MODULE_OPTIONS],
  },
];

/**
 * The two-way sync inside a Nest application: it starts with the application and is drained before it goes
 * (`app.enableShutdownHooks()`, or `app.close()`). {@link SyncStatus}, {@link SyncDeadLetters}, {@link RecordHistory},
 * {@link Reconciles}, {@link UnsyncableDocuments} and the {@link SyncEngine} itself can be injected everywhere.
 */
@Module({})
export class SyncModule {
  /** Once, in the root module; global. */
  static forRoot(options: SyncModuleOptions): DynamicModule {
    return SyncModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: SyncModuleAsyncOptions): DynamicModule {
    return {
      module: SyncModule,
      global: true,
      imports,
      providers: [{ provide: SYNC_MODULE_OPTIONS, inject, useFactory }, ...providers],
      exports: [SyncEngine, SyncStatus, SyncDeadLetters, RecordHistory, Reconciles, UnsyncableDocuments],
    };
  }
}

function engineOf(
  { mongo: _mongo, redis, stopDeadlineMs: _stopDeadlineMs, ...options }: SyncModuleOptions,
  { client, database }: SyncMongo,
): SyncEngine {
  return new SyncEngine({ log: nestLog(), ...options, mongo: client, database, redisUrl: redis });
}

function nestLog(): EngineLog {
  const logger = new Logger('Sync');
  return {
    info: (message) => logger.log(message),
    warn: (message) => logger.warn(message),
    error: (message) => logger.error(message),
    debug: (message) => logger.debug(message),
  };
}
