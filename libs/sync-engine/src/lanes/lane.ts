import { StreamConsumer, StreamTrimmer, type BatchHandler } from '@redis-mongo-sync/redis-streams';
import { KEYS, SYNC_GROUP } from '@redis-mongo-sync/sync-adapters';
import type { Direction, Outcome } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { EngineObserver } from '../status/engine-observer.js';
import type { LagMeter } from '../status/lag-meter.js';
import { classifySyncFailure } from './classify-sync-failure.js';

/** One direction at work: its consumer, its lag, its trimming. */
export interface Lane {
  readonly direction: Direction;
  readonly consumer: StreamConsumer;
  readonly meter: LagMeter;
  readonly trimmer: StreamTrimmer;
}

export interface LaneOptions {
  readonly direction: Direction;
  readonly redis: Redis;
  /** Name of this process in the consumer group. */
  readonly consumer: string;
  readonly handler: BatchHandler;
  readonly meter: LagMeter;
  readonly batchSize: number;
  readonly maxStreamLength: number;
  readonly observer: EngineObserver;
  /** Hears that entries of the stream, or its group, may be gone. */
  readonly onLoss: () => void;
}

/**
 * Redis applies one batch while the next is decoded, in the order they were sent. MongoDB gets one at a time: two
 * bulks that hold the same new record would race for its insert.
 */
const BATCHES_IN_FLIGHT: Readonly<Record<Direction, number>> = { 'mongo-to-redis': 2, 'redis-to-mongo': 1 };

/**
 * What a sync-service that died had in flight is taken over within nine seconds. Taking over too early is harmless:
 * applying is by version, and settling counts once.
 */
const TAKE_OVER = { minIdleMs: 6_000, reclaimEveryMs: 3_000 } as const;
const TRIM_EVERY_MS = 1_000;

export function laneOf(options: LaneOptions): Lane {
  const { direction, redis, meter, observer, onLoss } = options;
  const stream = KEYS.stream(direction);
  const consumer = new StreamConsumer({
    commands: redis,
    stream,
    group: SYNC_GROUP,
    consumer: options.consumer,
    startId: () => Promise.resolve('0'), // trimming keeps no more than what is not settled; applying twice is harmless
    handler: options.handler,
    classify: classifySyncFailure,
    deadLetterCounter: { key: KEYS.ledger(direction), field: 'dead-lettered' satisfies Outcome },
    batchSize: options.batchSize,
    maxInFlightBatches: BATCHES_IN_FLIGHT[direction],
    ...TAKE_OVER,
  });
  observer.watch(direction, consumer);
  consumer.on('group-created', onLoss);
  consumer.on('lost', onLoss);
  const trimmer = new StreamTrimmer({
    commands: redis,
    stream,
    maxLength: options.maxStreamLength,
    everyMs: TRIM_EVERY_MS,
    onPressure: (overfull) => observer.pressure(direction, overfull),
  });
  return { direction, consumer, meter, trimmer };
}
