import type { Redis } from 'ioredis';
import type { MessagingObserver } from '../bus/messaging-observer.js';
import type { Clock } from '../clock.js';
import { reapConsumers } from '../consumer-reaper.js';
import type { BatchHandler } from '../consumer/consumer-options.js';
import { StreamConsumer } from '../consumer/stream-consumer.js';
import { describeError } from '../dead-letters/dead-letter-writer.js';
import { defineScript } from '../lua-script.js';
import type { ResolvedOptions } from './subscribe-options.js';

interface ReaderTimings {
  /** Take over what another instance has left untouched for this long. Default 30 s. */
  readonly minIdleMs: number;
  readonly reclaimEveryMs: number;
  readonly blockMs: number;
}

interface PartitionReaderOptions {
  readonly commands: Redis;
  readonly stream: string;
  readonly streamKey: string;
  readonly deadLetterKey: string;
  readonly group: string;
  readonly consumer: string;
  readonly handler: BatchHandler;
  /** Where a group that was lost begins again. */
  readonly startId: () => string;
  readonly options: ResolvedOptions;
  readonly timings: ReaderTimings;
  readonly observer: MessagingObserver;
  readonly clock: Clock;
}

/** Names of dead instances are removed after this. */
const REAP_IDLE_MS = 3_600_000;
const RESTART_MS = 30_000;
const MAX_KEPT = 10_000;

const keepScript = defineScript<number>({
  name: 'messaging.keep-pending',
  file: new URL('../lua/keep-pending.lua', import.meta.url),
  numberOfKeys: 1,
});

/** Reads one partition for one instance: a `StreamConsumer`, begun again when it has ended for a fatal reason. */
export class PartitionReader {
  private consumer: StreamConsumer | undefined;
  private closed = false;
  private paused = false;
  private cancelKeep: () => void = () => undefined;
  private cancelRestart: () => void = () => undefined;
  private failure: unknown;

  constructor(private readonly it: PartitionReaderOptions) {}

  /** Why it does not get on; null while all is well. */
  get trouble(): string | null {
    if (this.failure !== undefined) return describeError(this.failure);
    const breaker = this.consumer?.snapshot().breaker;
    return breaker && breaker.state !== 'closed'
      ? `waiting for a store since ${iso(breaker.openedAt)}`
      : null;
  }

  get failed(): boolean {
    return this.failure !== undefined;
  }

  start(): void {
    const consumer = this.newConsumer();
    this.consumer = consumer;
    if (this.paused) consumer.pause();
    void consumer.start().then((end) => {
      if (end.kind === 'fatal' && !this.closed) this.restartLater(end.error);
    });
    this.keepPending();
    const { commands, streamKey: stream, group } = this.it;
    void reapConsumers(commands, { stream, group, idleMs: REAP_IDLE_MS }).catch(() => undefined);
  }

  async pause(): Promise<void> {
    this.paused = true;
    const { consumer } = this;
    if (!consumer || ['paused', 'stopped'].includes(consumer.mode)) return;
    const resting = new Promise<void>((resolve) => {
      consumer.on('mode', ({ to }) => {
        if (to === 'paused' || to === 'stopped') resolve();
      });
    });
    consumer.pause();
    await resting;
  }

  resume(): void {
    this.paused = false;
    this.consumer?.resume();
  }

  /** What is not settled after `deadlineMs` stays pending, for whoever reads next. */
  async close(deadlineMs: number): Promise<void> {
    this.closed = true;
    this.cancelRestart();
    await this.consumer?.stop({ deadlineMs });
    this.cancelKeep();
  }

  private newConsumer(): StreamConsumer {
    const { commands, streamKey, deadLetterKey, group, consumer, options, timings, clock } = this.it;
    const { handler, startId } = this.it;
    const made = new StreamConsumer({
      commands,
      stream: streamKey,
      group,
      consumer,
      startId: () => Promise.resolve(startId()),
      handler,
      classify: options.classify,
      deadLetterStream: deadLetterKey,
      batchSize: options.batchSize,
      retryDelaysMs: options.retryDelaysMs,
      maxInFlightBatches: options.order === 'key' || options.concurrency === 1 ? 1 : 2,
      clock,
      ...timings,
    });
    this.watch(made);
    return made;
  }

  private watch(consumer: StreamConsumer): void {
    const { stream, group, observer } = this.it;
    const names = { stream, group };
    consumer.on('dead-lettered', ({ error, letterId }) => {
      observer.deadLettered?.({ ...names, type: '', error, letterId });
    });
    consumer.on('group-lost', ({ error }) => observer.trouble?.({ ...names, kind: 'group-lost', error }));
    consumer.on('lost', ({ count, ids }) => {
      const which = ids.length > 0 ? `while pending: ${ids.join(', ')}` : 'before the group had read them';
      const error = new Error(`${count} entries were trimmed or deleted ${which}`);
      observer.trouble?.({ ...names, kind: 'lost', error });
    });
    consumer.on('breaker', ({ state, error }) => {
      if (state === 'open') observer.trouble?.({ ...names, kind: 'waiting', error });
    });
  }

  private restartLater(error: unknown): void {
    this.failure = error;
    this.it.observer.trouble?.({ stream: this.it.stream, group: this.it.group, kind: 'fatal', error });
    this.cancelKeep();
    this.cancelRestart = this.it.clock.after(RESTART_MS, () => {
      this.failure = undefined;
      this.start();
    });
  }

  private keepPending(): void {
    const { commands, streamKey, group, consumer, timings, clock } = this.it;
    if (timings.minIdleMs < 100) return; // exclusive by lease: nobody takes over by idle time
    this.cancelKeep = clock.after(timings.minIdleMs / 3, () => {
      void keepScript
        .run(commands, [streamKey], [group, consumer, MAX_KEPT])
        .catch(() => undefined) // the consumer hears of an outage by itself
        .finally(() => {
          if (!this.closed && !this.failed) this.keepPending();
        });
    });
  }
}

function iso(time: number | null): string {
  return time === null ? 'now' : new Date(time).toISOString();
}
