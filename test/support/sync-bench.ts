import { isDeepStrictEqual } from 'node:util';
import {
  startPrivateMongo,
  startPrivateRedis,
  type PrivateMongo,
  type PrivateRedis,
  type PrivateRedisOptions,
} from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { KEYS, MongoRecordStore, RedisRecordStore } from '@redis-mongo-sync/sync-adapters';
import {
  OUTCOMES,
  owedInFlight,
  USERS,
  type EntityDefinition,
  type RecordState,
  type RecordStore,
} from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { MongoClient, type Db } from 'mongodb';
import { SyncEngine, type SyncEngineOptions } from '@redis-mongo-sync/sync-engine';
import { eventually } from '@redis-mongo-sync/testing';

export interface SyncBenchOptions {
  readonly entities?: readonly EntityDefinition[];
  readonly redis?: PrivateRedisOptions;
  /** A MongoDB started elsewhere, e.g. one that may be killed. The bench stops it. */
  readonly mongo?: PrivateMongo;
  /** Where the engine and the stores find Redis, if not at the server itself (a proxy). */
  readonly redisUrl?: (server: PrivateRedis) => string;
  readonly engine?: Partial<SyncEngineOptions>;
}

/** Real stores with a sync engine between them, for one test file. */
export class SyncBench {
  private constructor(
    readonly server: PrivateRedis,
    readonly redis: Redis,
    readonly client: MongoClient,
    readonly db: Db,
    private readonly stopMongo: () => Promise<void>,
    private readonly options: SyncBenchOptions,
  ) {
    this.engine = this.newEngine();
  }

  engine: SyncEngine;
  private readonly redisStores = new Map<EntityDefinition, RedisRecordStore>();
  /** What the engine logged, one line each. */
  readonly log: string[] = [];
  /** All that were made; `stop` stops them. */
  private readonly engines: SyncEngine[] = [];

  static async start(options: SyncBenchOptions = {}): Promise<SyncBench> {
    const server = await startPrivateRedis(options.redis ?? {});
    const mongo = options.mongo ?? (await startPrivateMongo());
    const client = await MongoClient.connect(mongo.uri, {
      serverSelectionTimeoutMS: 2_000,
      connectTimeoutMS: 1_000,
      socketTimeoutMS: 3_000,
      heartbeatFrequencyMS: 500,
    });
    const redis = connect({ url: server.url, profile: 'commands' });
    return new SyncBench(server, redis, client, client.db(mongo.database), () => mongo.stop(), options);
  }

  /** A store to write through; `users` unless another entity is given. */
  mongo(entity: EntityDefinition = USERS): MongoRecordStore {
    return new MongoRecordStore({ client: this.client, db: this.db, entity });
  }

  inRedis(entity: EntityDefinition = USERS): RedisRecordStore {
    const known = this.redisStores.get(entity);
    if (known) return known;
    const store = new RedisRecordStore({ redis: this.redis, entity });
    this.redisStores.set(entity, store);
    return store;
  }

  /** An engine beside, or instead of, the first one. */
  newEngine(overrides: Partial<SyncEngineOptions> = {}): SyncEngine {
    const line = (level: string) => (message: string) => void this.log.push(`${level} ${message}`);
    const engine = new SyncEngine({
      mongo: this.client,
      database: this.db.databaseName,
      redisUrl: this.options.redisUrl?.(this.server) ?? this.server.url,
      entities: this.options.entities ?? [USERS],
      log: { info: line('info'), warn: line('warn'), error: line('error'), debug: line('debug') },
      ...this.options.engine,
      ...overrides,
    });
    this.engines.push(engine);
    return engine;
  }

  /** Starts the engine and waits until it streams. */
  async up(): Promise<void> {
    this.engine.start();
    await eventually(() => this.engine.status.capture.mode === 'streaming');
  }

  /** Waits until both stores say the same of these keys, nothing is under way, and the ledger balances. */
  async settled(keys: readonly string[], entity: EntityDefinition = USERS): Promise<void> {
    await eventually(
      async () => {
        for (const direction of ['mongo-to-redis', 'redis-to-mongo'] as const) {
          const { pending, unread, missing, ledger } = await this.engine.status.ledger(direction);
          expect({ direction, pending, unread, missing, owed: owedInFlight(ledger) }).toEqual({
            direction,
            pending: 0,
            unread: 0,
            missing: 0,
            owed: 0,
          });
        }
        const states = (store: RecordStore) => Promise.all(keys.map((key) => store.get(key)));
        const [redis, mongo] = [await states(this.inRedis(entity)), await states(this.mongo(entity))];
        expect(keys.filter((_, index) => !isDeepStrictEqual(redis[index], mongo[index])).slice(0, 5)).toEqual(
          [],
        );
      },
      { timeoutMs: 60_000 },
    );
  }

  async outcomes(direction: 'mongo-to-redis' | 'redis-to-mongo') {
    const { ledger } = await this.engine.status.ledger(direction);
    return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, ledger.outcomes[outcome]]));
  }

  async stop(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.stop(2_000)));
    this.redis.disconnect();
    await this.client.close();
    await this.stopMongo();
    await this.server.stop();
  }

  readonly keys = KEYS;
}

/** A command that writes one user. */
export function user(email: string, set: Record<string, unknown> = { name: 'Ada' }) {
  return {
    key: email,
    mode: 'merge',
    set: set as never,
    unset: [],
    create: true,
    precondition: { kind: 'none' },
  } as const;
}

export function fieldsOfState(state: RecordState): unknown {
  return state.state === 'live' ? state.record.fields : state.state;
}
