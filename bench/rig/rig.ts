import {
  startPrivateMongo,
  startPrivateRedis,
  waitUntil,
  type KillableMongo,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import { MongoRecordStore, RedisLedgers, RedisRecordStore } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS, USERS, type RecordStore, type Source } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import { MongoClient, type Db } from 'mongodb';
import { SyncService } from './sync-service.js';
import { loadBetween, processCpuSeconds, redisCpuSeconds, type CpuSeconds, type Load } from './usage.js';

const QUIET_TIMEOUT_MS = 120_000;
/** Echoes take a moment to come back: nothing may be under way for this long. */
const QUIET_FOR_MS = 1_000;

export interface Meter {
  stop(): Promise<Load>;
}

/** Both stores, empty, as processes of their own, with a sync-service to start between them. */
export class Rig {
  private running: SyncService | undefined;
  readonly stores: Readonly<Record<Source, RecordStore>>;
  readonly ledgers: RedisLedgers;

  private constructor(
    readonly server: PrivateRedis,
    readonly redis: Redis,
    readonly mongo: KillableMongo,
    readonly client: MongoClient,
    private readonly cpuProfile: boolean,
  ) {
    this.ledgers = new RedisLedgers(redis);
    this.stores = {
      mongo: new MongoRecordStore({ client, db: this.db, entity: USERS }),
      redis: new RedisRecordStore({ redis, entity: USERS }),
    };
  }

  static async start(options: { readonly cpuProfile: boolean }): Promise<Rig> {
    const server = await startPrivateRedis({ appendonly: true }); // as in production
    const mongo = await startPrivateMongo({ mode: 'child' });
    const client = await MongoClient.connect(mongo.uri);
    const redis = connect({ url: server.url, profile: 'commands', name: 'bench' });
    return new Rig(server, redis, mongo, client, options.cpuProfile);
  }

  get db(): Db {
    return this.client.db(this.mongo.database);
  }

  /** Where the services find the stores. */
  get environment(): NodeJS.ProcessEnv {
    return {
      REDIS_URL: this.server.url,
      MONGODB_URI: this.mongo.uri,
      MONGODB_DATABASE: this.mongo.database,
    };
  }

  /** Starts the sync-service, and does not wait for it. */
  async startSync(): Promise<SyncService> {
    this.running = await SyncService.start(this.environment, { cpuProfile: this.cpuProfile });
    return this.running;
  }

  async stopSync(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  /** Makes this the second start: collections, groups and a capture position are there, and a backlog is a backlog. */
  async onceSynced(): Promise<void> {
    const service = await this.startSync();
    await service.streaming();
    await this.quiet();
    await this.stopSync();
  }

  /** Waits until nothing is under way in either direction, by the ledger. */
  async quiet(): Promise<void> {
    let since = Date.now();
    const isQuiet = async () => {
      for (const direction of DIRECTIONS) {
        const { pending, unread, missing } = await this.ledgers.read(direction);
        if (pending + unread + Math.abs(missing) > 0) since = Date.now();
      }
      return Date.now() - since >= QUIET_FOR_MS;
    };
    if (await waitUntil(isQuiet, { timeoutMs: QUIET_TIMEOUT_MS })) return;
    throw new Error('the sync does not come to rest');
  }

  /** From now on until its `stop`, notes what the servers use. */
  async startMeter(): Promise<Meter> {
    const startedAt = performance.now();
    const before = await this.cpuSeconds();
    return {
      stop: async () => {
        const seconds = (performance.now() - startedAt) / 1000;
        const load = loadBetween(before, await this.cpuSeconds(), seconds);
        const usage = await this.running?.usage();
        return { ...load, syncServicePeakMb: usage ? Math.round(usage.peakMemoryMb) : null };
      },
    };
  }

  async stop(): Promise<void> {
    await this.stopSync();
    this.redis.disconnect();
    await this.client.close();
    await this.mongo.stop();
    await this.server.stop();
  }

  private async cpuSeconds(): Promise<CpuSeconds> {
    const [usage, mongo, redis] = await Promise.all([
      this.running?.usage(),
      processCpuSeconds(this.mongo.pid),
      redisCpuSeconds(this.redis),
    ]);
    return { syncService: usage?.cpuSeconds ?? null, mongo, redis };
  }
}
