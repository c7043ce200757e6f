import { hostname } from 'node:os';
import { connect, StreamConsumer, StreamTrimmer, type BatchHandler } from '@redis-mongo-sync/redis-streams';
import {
  inspectRedis,
  KEYS,
  loadFunctionLibrary,
  MongoComparisonSide,
  MongoChangeFeed,
  MongoConflictLog,
  MongoDocumentAuthority,
  MongoRecordTarget,
  prepareCollections,
  readOplogWindow,
  prepareConflictLog,
  RedisBooks,
  RedisCaptureJournal,
  RedisComparisonSide,
  RedisDoubts,
  RedisInFlight,
  RedisLease,
  RedisMissingEvents,
  RedisProjectionTarget,
  StoredCaptureProgress,
  StreamSettler,
  SYNC_GROUP,
  withMongoErrors,
} from '@redis-mongo-sync/sync-adapters';
import { SyncAlert, type Direction, type EntityDefinition, type Outcome } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { MongoClient } from 'mongodb';
import { classifySyncFailure } from './flows/classify-sync-failure.js';
import { CaptureFlow } from './flows/capture.flow.js';
import { FlowContext } from './flows/flow-context.js';
import { mongoToRedis } from './flows/mongo-to-redis.flow.js';
import { redisToMongo } from './flows/redis-to-mongo.flow.js';
import { MissingEntriesSearch } from './ledger/missing-entries.js';
import { LagMeter } from './metrics/lag-meter.js';
import { EngineObserver, type EngineLog } from './metrics/engine-observer.js';
import { ConsistencyWatch } from './consistency/consistency-watch.js';
import { commonVersionsOf, tailsOf } from './consistency/sync-samples.js';
import { OplogWatch } from './flows/oplog-watch.js';
import { ReconcileRuns } from './reconcile/reconcile-runs.js';
import { ReconcileSchedule, sampleOf } from './reconcile/reconcile-schedule.js';
import { DoubtsRepair } from './repair/doubts.js';
import { Housekeeping } from './repair/housekeeping.js';
import { LostStreamRepair } from './repair/lost-stream.js';

export interface SyncEngineOptions {
  readonly mongo: MongoClient;
  readonly database: string;
  readonly redisUrl: string;
  readonly entities: readonly EntityDefinition[];
  readonly log: EngineLog;
  /** Entries per batch. */
  readonly batchSize: number;
  /** Above this length of `mongo_changes`, capture waits. */
  readonly maxStreamLength: number;
  /** A version further ahead of the local clock than this goes to the dead letters, ms. */
  readonly maxSkewMs: number;
  readonly tombstoneTtlMs: number;
  /** How long losing versions are kept, days. */
  readonly historyDays?: number;
  /** A random sample of records is compared this often, ms; 0 or absent: never. */
  readonly reconcileEveryMs?: number;
  /** Records in that sample. */
  readonly reconcileSample?: number;
}

/** One direction at work: its consumer, its lag, its housekeeping. */
export interface Lane {
  readonly direction: Direction;
  readonly consumer: StreamConsumer;
  readonly meter: LagMeter;
  readonly trimmer: StreamTrimmer;
}

/**
 * The sync, assembled: capture, and a lane per direction. No framework in here; the Nest module wraps it, and tests
 * and benchmarks use it as it is.
 */
export class SyncEngine {
  readonly commands: Redis;
  readonly books: RedisBooks;
  readonly capture: CaptureFlow;
  readonly lanes: Readonly<Record<Direction, Lane>>;
  readonly observer: EngineObserver;
  readonly reconciles: ReconcileRuns;
  readonly consistency: ConsistencyWatch;
  readonly oplog: OplogWatch;
  readonly conflicts: MongoConflictLog;
  readonly missing: MissingEntriesSearch;
  private readonly housekeeping: Housekeeping;
  private readonly reconcileSchedule: ReconcileSchedule;
  private stopped: Promise<void> | undefined;
  private preImages = false;
  private toldVolatile = false;

  constructor(private readonly options: SyncEngineOptions) {
    const { mongo, database, redisUrl, entities, tombstoneTtlMs } = options;
    const db = mongo.db(database);
    this.commands = connect({ url: redisUrl, profile: 'commands', name: 'sync-service' });
    this.observer = new EngineObserver(options.log);
    this.books = new RedisBooks(this.commands);
    this.missing = new MissingEntriesSearch(new RedisMissingEvents(this.commands));

    const journal = new RedisCaptureJournal(this.commands);
    const authority = new MongoDocumentAuthority(db, tombstoneTtlMs);
    const projections = new RedisProjectionTarget(this.commands, tombstoneTtlMs);
    const settler = new StreamSettler(this.commands, 'redis-to-mongo');
    this.conflicts = new MongoConflictLog(db);
    const records = new MongoRecordTarget({ db, authority, settler, tombstoneTtlMs });

    this.lanes = {
      'mongo-to-redis': this.lane('mongo-to-redis', (context) =>
        mongoToRedis(context, { projections, authority, journal }),
      ),
      'redis-to-mongo': this.lane('redis-to-mongo', (context) =>
        redisToMongo(context, { records, authority, journal, conflicts: this.conflicts }),
      ),
    };
    const feed = new MongoChangeFeed({
      client: mongo,
      db,
      entities,
      preImages: () => this.preImages,
      onCollectionLost: (collection, operation) => this.observer.collectionLost(collection, operation),
    });
    this.capture = new CaptureFlow({
      entities,
      prepare: async () => {
        await this.requireSafeRedis();
        // The driver reconnects by itself, but only after a first connection that succeeded.
        await withMongoErrors(() => mongo.connect());
        this.preImages = (await prepareCollections(db, entities)).preImages;
        await prepareConflictLog(db, options.historyDays);
        await loadFunctionLibrary(this.commands, entities, tombstoneTtlMs);
      },
      feed,
      journal,
      authority,
      lease: new RedisLease(this.commands, consumerName()),
      isFull: () => this.observer.isOverfull('mongo-to-redis'),
      estimate: (entity, afterId) => feed.estimate(entity, afterId),
      observer: this.observer,
    });
    this.reconciles = new ReconcileRuns({
      entities,
      stores: {
        mongo: new MongoComparisonSide(db),
        redis: new RedisComparisonSide(this.commands),
        capture: new StoredCaptureProgress(db, this.commands),
        journal,
        authority,
        projections,
      },
      onEnd: (view) => this.observer.reconciled(view),
    });
    this.oplog = new OplogWatch({
      readWindow: () => readOplogWindow(mongo),
      readPosition: () => journal.position(),
      alert: (code, message) => this.observer.alert(code, message),
    });
    this.consistency = new ConsistencyWatch({
      tail: tailsOf(this.commands),
      commonVersions: (records) => commonVersionsOf({ db, redis: this.commands }, entities, records),
      isOurs: () => this.capture.currentMode !== 'standby',
      isRepublishing: () => this.observer.captureState.snapshot !== null,
    });
    this.reconcileSchedule = new ReconcileSchedule({
      everyMs: options.reconcileEveryMs ?? 0,
      isOurs: () => this.capture.currentMode === 'streaming',
      start: () => {
        const name = entities[0]?.name ?? '';
        return this.reconciles.start(sampleOf(name, options.reconcileSample ?? 100), 'schedule');
      },
    });
    this.housekeeping = new Housekeeping({
      books: this.books,
      repair: new LostStreamRepair({
        entities,
        inFlight: new RedisInFlight(this.commands),
        books: this.books,
        journal,
        authority,
        projections,
      }),
      doubts: new DoubtsRepair({
        entities,
        doubts: new RedisDoubts(this.commands),
        journal,
        authority,
        projections,
      }),
      observer: this.observer,
    });
  }

  /**
   * Looks at how Redis is configured, as soon as it answers.
   *
   * @throws Error when it may evict keys: it would throw away streams and tombstones
   */
  async requireSafeRedis(): Promise<void> {
    const { evicting, volatile, policy } = await inspectRedis(this.commands);
    if (evicting)
      throw new Error(
        `${SyncAlert.EvictingRedis} Redis may evict keys (maxmemory-policy ${policy}); set noeviction`,
      );
    if (volatile && !this.toldVolatile) {
      this.toldVolatile = true;
      this.observer.alert(
        SyncAlert.VolatileRedis,
        'Redis keeps no append-only file; a crash of Redis loses acknowledged writes',
      );
    }
  }

  start(): void {
    for (const { direction, consumer, trimmer } of Object.values(this.lanes)) {
      void consumer.start().then((end) => {
        if (end.kind === 'fatal') this.observer.fatal(direction, end.error);
      });
      trimmer.start();
    }
    this.capture.start();
    this.housekeeping.start();
    this.reconcileSchedule.start();
    this.oplog.start();
    this.consistency.start();
  }

  /** Resolves when what is in hand is settled, or left pending on purpose at the deadline. Closes its connections. */
  stop(deadlineMs: number): Promise<void> {
    return (this.stopped ??= this.drain(deadlineMs));
  }

  private async drain(deadlineMs: number): Promise<void> {
    const lanes = Object.values(this.lanes);
    this.reconcileSchedule.stop();
    this.oplog.stop();
    await Promise.all([
      this.reconciles.stop(),
      this.consistency.stop(),
      this.housekeeping.stop(),
      this.capture.stop(),
      ...lanes.map(({ consumer }) => consumer.stop({ deadlineMs })),
      ...lanes.map(({ trimmer }) => trimmer.stop()),
    ]);
    if (this.commands.status !== 'end') this.commands.disconnect();
  }

  /** Repairs a direction now, as housekeeping does when it finds an entry missing. */
  repair(direction: Direction): Promise<void> {
    return this.housekeeping.repairNow(direction);
  }

  private lane(direction: Direction, flow: (context: FlowContext) => BatchHandler): Lane {
    const { entities, maxSkewMs, batchSize, maxStreamLength } = this.options;
    const meter = new LagMeter();
    const context = new FlowContext(entities, maxSkewMs, meter, this.observer.lane(direction));
    const stream = KEYS.stream(direction);
    const consumer = new StreamConsumer({
      commands: this.commands,
      stream,
      group: SYNC_GROUP,
      consumer: consumerName(),
      startId: () => Promise.resolve('0'), // trimming keeps no more than what is not settled; applying twice is harmless
      handler: flow(context),
      classify: classifySyncFailure,
      deadLetterCounter: { key: KEYS.ledger(direction), field: 'dead-lettered' satisfies Outcome },
      batchSize,
      maxInFlightBatches: BATCHES_IN_FLIGHT[direction],
      ...TAKE_OVER,
    });
    this.observer.watch(direction, consumer);
    consumer.on('group-created', () => this.housekeeping.repairSoon(direction));
    consumer.on('lost', () => this.housekeeping.repairSoon(direction));
    const trimmer = new StreamTrimmer({
      commands: this.commands,
      stream,
      maxLength: maxStreamLength,
      everyMs: 1_000,
      onPressure: (overfull) => this.observer.pressure(direction, overfull),
    });
    return { direction, consumer, meter, trimmer };
  }
}

/**
 * Redis applies one batch while the next is decoded, in the order they were sent. MongoDB gets one at a time: two
 * bulks that hold the same new record would race for its insert.
 */
const BATCHES_IN_FLIGHT: Readonly<Record<Direction, number>> = { 'mongo-to-redis': 2, 'redis-to-mongo': 1 };

/**
 * What a sync-service that died held in its hands is taken over within nine seconds. Taking over too early is harmless:
 * applying is by version, and settling counts once.
 */
const TAKE_OVER = { minIdleMs: 6_000, reclaimEveryMs: 3_000 } as const;

/** Unique per process: two consumers of one name would take each other's entries for their own. */
function consumerName(): string {
  return `${hostname()}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
}
