import type { Redis } from 'ioredis';
import { blockingTwin } from '../connections.js';
import { systemClock, type Clock } from '../clock.js';
import { classifyFailure, type FailureClassifier } from '../failure-kind.js';
import type { StepCounter } from '../step-counter.js';
import type { StreamEntry } from '../stream-entry.js';
import type { BreakerOptions } from './circuit-breaker.js';
import { trialsOfProcess, type Trials } from './trials.js';

/** One entry the handler could not take. A value, not an exception: the rest of the batch goes on. */
export interface EntryFailure {
  readonly id: string;
  readonly error: unknown;
  /** False when trying again is pointless (unparsable): dead-lettered at once. Default true. */
  readonly retry?: boolean;
  /** Tries that the handler itself has made of this entry. Default 1. */
  readonly attempts?: number;
  /** Replaces the consumer's waits for this entry. */
  readonly retryDelaysMs?: readonly number[];
}

export interface HandlerResult {
  /**
   * True: the handler has acked every entry that isn't among `failures`, best in the same script as its
   * effect. False: the consumer acks them.
   */
  readonly acked: boolean;
  /** Must not be acked by the handler. */
  readonly failures?: readonly EntryFailure[];
}

export interface HandlerContext {
  /** Aborted when `stop()` runs out of time; what isn't acked by then is left pending. */
  readonly signal: AbortSignal;
  /** 1 for a first delivery; higher when entries come again after a failure, a crash or a take-over. */
  readonly attempt: number;
}

/**
 * Handles a batch, oldest entry first. Must be idempotent: delivery is at least once. Returns failures of
 * single entries; throws only for the whole batch, and `classify` says what that means.
 */
export type BatchHandler = (batch: readonly StreamEntry[], context: HandlerContext) => Promise<HandlerResult>;

export interface StreamConsumerOptions {
  /** Connection for everything but reading (profile `commands`). The owner closes it, after `stop()`. */
  readonly commands: Redis;
  /** Opens connections of the profile `blocking`. Default: twins of `commands`. */
  readonly openBlocking?: () => Redis;
  readonly stream: string;
  readonly group: string;
  /** Unique per process, stable over its restarts if possible. */
  readonly consumer: string;
  /** Where a group that has to be created begins: the checkpoint's position, `0` at the very first start. */
  readonly startId: () => Promise<string>;
  readonly handler: BatchHandler;
  /** Sorts what the handler throws. Default `classifyFailure`. */
  readonly classify?: FailureClassifier;
  /** Default `<stream>:dlq`. */
  readonly deadLetterStream?: string;
  /** Counts every dead-lettered entry. */
  readonly deadLetterCounter?: StepCounter | null;
  /** Most entries per read. Default 500. */
  readonly batchSize?: number;
  /** Larger batches are handed over in parts; counted in characters. Default 1 Mi. */
  readonly maxBatchCharacters?: number;
  /** Default 1000 ms. */
  readonly blockMs?: number;
  /** A read that takes `blockMs` and this much longer means a dead connection. Default 2000 ms. */
  readonly watchdogGraceMs?: number;
  /** Pending entries of other consumers are taken over after this idle time: longer than the longest honest batch. Default 30 s. */
  readonly minIdleMs?: number;
  /** How often to look for such entries. Default 15 s. */
  readonly reclaimEveryMs?: number;
  /** Batches handled at once. More than 1 gives up the order between batches. Default 1. */
  readonly maxInFlightBatches?: number;
  /** Waits before each retry of a poison entry; as many retries as waits. Default 100, 400, 900 ms. */
  readonly retryDelaysMs?: readonly number[];
  /** No new batches are handled while this many poison entries wait for a retry. Default 5000. */
  readonly maxShelved?: number;
  /** An entry handed out more often than this, each time with the process dying, is dead-lettered. Default 5. */
  readonly maxDeliveries?: number;
  /** Keeps the trials of such entries apart from all other work. Default: one for the process. */
  readonly trials?: Trials;
  readonly breaker?: BreakerOptions;
  readonly clock?: Clock;
  readonly random?: () => number;
}

export type ResolvedConsumerOptions = Required<StreamConsumerOptions>;

export function resolveOptions(options: StreamConsumerOptions): ResolvedConsumerOptions {
  const resolved: ResolvedConsumerOptions = {
    openBlocking: () => blockingTwin(options.commands),
    classify: classifyFailure,
    deadLetterStream: `${options.stream}:dlq`,
    deadLetterCounter: null,
    batchSize: 500,
    maxBatchCharacters: 1024 * 1024,
    blockMs: 1_000,
    watchdogGraceMs: 2_000,
    minIdleMs: 30_000,
    reclaimEveryMs: 15_000,
    maxInFlightBatches: 1,
    retryDelaysMs: [100, 400, 900],
    maxShelved: 5_000,
    maxDeliveries: 5,
    trials: trialsOfProcess,
    breaker: {},
    clock: systemClock,
    random: Math.random,
    ...options,
  };
  for (const name of ['batchSize', 'blockMs', 'maxInFlightBatches', 'maxShelved', 'maxDeliveries'] as const) {
    if (!Number.isSafeInteger(resolved[name]) || resolved[name] < 1) {
      throw new RangeError(`${name} must be a whole number of at least 1`); // BLOCK 0 would block for ever
    }
  }
  return resolved;
}
