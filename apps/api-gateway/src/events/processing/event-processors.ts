import type { AuditLog } from '@redis-mongo-sync/audit-log';
import { AuditStoreUnavailableError } from '@redis-mongo-sync/audit-log';
import {
  classifyFailure,
  reapConsumers,
  StreamConsumer,
  StreamTrimmer,
  type BatchHandler,
  type ConsumerSnapshot,
} from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { AUDIT_GROUP, EVENT_STREAMS, EVENT_TOPICS, PROCESSING_GROUPS } from '../streams/event-streams.js';
import type { StreamDirectory } from '../streams/stream-directory.js';
import type { EventRates } from './event-rates.js';
import { projectingHandler } from './projecting-handler.js';
import { recordingHandler } from './recording-handler.js';

export interface ProcessorsLog {
  warn(message: string): void;
  log(message: string): void;
  error(message: string): void;
}

export interface EventProcessorsOptions {
  /** Profile `commands`. */
  readonly redis: Redis;
  readonly directory: StreamDirectory;
  readonly log: AuditLog;
  readonly rates: EventRates;
  readonly logger: ProcessorsLog;
  readonly stopDeadlineMs: number;
}

/** How soon a stream that somebody else made known gets its reader. */
const LOOK_EVERY_MS = 1_000;
/** Names of gateways that are gone. */
const REAP_IDLE_MS = 60 * 60 * 1000;
const LOOKS_PER_REAP = 600;
/** Takes over what a killed gateway had in hand. Longer than an append may take. */
const TAKE_OVER_MS = 15_000;

export interface ProcessorSnapshot extends ConsumerSnapshot {
  readonly stream: string;
  readonly group: string;
}

interface Lane {
  readonly stream: string;
  readonly group: string;
  readonly consumer: StreamConsumer;
}

/**
 * The consumers of this gateway: one per topic for its figures, and one per stream – those that clients made, too – for
 * the audit log. Gateways share the work of a group, and take over from each other.
 */
export class EventProcessors {
  readonly consumerName = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  /** Consumers that ended for good, as `<group> on <stream>`. */
  readonly ended: string[] = [];
  private readonly lanes: Lane[] = [];
  private readonly trimmers = new Map<string, StreamTrimmer>();
  private readonly stopped = new AbortController();
  private looking: Promise<void> | undefined;
  private looks = 0;

  constructor(private readonly options: EventProcessorsOptions) {}

  start(): void {
    const { redis } = this.options;
    for (const topic of EVENT_TOPICS) {
      this.open(EVENT_STREAMS[topic], PROCESSING_GROUPS[topic], projectingHandler(topic, redis));
    }
    this.looking ??= this.keepLooking();
  }

  snapshots(): readonly ProcessorSnapshot[] {
    return this.lanes.map(({ stream, group, consumer }) => ({ stream, group, ...consumer.snapshot() }));
  }

  /** Ends reading, lets what is in hand be finished, and resolves. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.looking;
    const { stopDeadlineMs: deadlineMs } = this.options;
    await Promise.all([
      ...this.lanes.map(({ consumer }) => consumer.stop({ deadlineMs })),
      ...[...this.trimmers.values()].map((trimmer) => trimmer.stop()),
    ]);
  }

  private async keepLooking(): Promise<void> {
    const { signal } = this.stopped;
    let down = false;
    while (!signal.aborted) {
      try {
        await this.look();
        if (down) this.options.logger.log('events: Redis answers again');
        down = false;
      } catch (error) {
        if (!down) this.options.logger.warn(`events: cannot look for streams, trying on: ${String(error)}`);
        down = true;
      }
      await delay(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    await this.options.directory.prepare();
    for (const stream of await this.options.directory.list()) {
      if (this.stopped.signal.aborted) return;
      if (!this.trimmers.has(stream)) this.record(stream);
    }
    if (this.looks++ % LOOKS_PER_REAP === 0) await this.reap();
  }

  private record(stream: string): void {
    const { log, rates, redis } = this.options;
    const handler = recordingHandler({ log, stream, onRecorded: (entries) => rates.count(entries) });
    this.open(stream, AUDIT_GROUP, handler);
    const trimmer = new StreamTrimmer({ commands: redis, stream });
    this.trimmers.set(stream, trimmer);
    trimmer.start();
  }

  private open(stream: string, group: string, handler: BatchHandler): void {
    const { redis, logger } = this.options;
    const consumer = new StreamConsumer({
      commands: redis,
      stream,
      group,
      consumer: this.consumerName,
      startId: () => Promise.resolve('0'), // no more is there than some group still needs, and nothing counts twice
      handler,
      classify: (error) =>
        error instanceof AuditStoreUnavailableError ? 'transient' : classifyFailure(error),
      minIdleMs: TAKE_OVER_MS,
      reclaimEveryMs: TAKE_OVER_MS / 3,
    });
    const name = `${group} on ${stream}`;
    consumer.on('dead-lettered', ({ id, error }) =>
      logger.error(`events: ${name}: entry ${id} is a dead letter now: ${String(error)}`),
    );
    consumer.on('lost', ({ ids }) =>
      logger.error(
        `events: ${name}: ${ids.length} entries were trimmed by somebody before they were handled`,
      ),
    );
    consumer.on('breaker', ({ state, error }) => {
      if (state === 'open') logger.warn(`events: ${name} waits: ${String(error)}`);
    });
    consumer.on('fatal', ({ error }) => {
      this.ended.push(name);
      logger.error(`events: ${name} has stopped for good: ${String(error)}`);
    });
    this.lanes.push({ stream, group, consumer });
    void consumer.start();
  }

  private async reap(): Promise<void> {
    for (const { stream, group } of this.lanes) {
      await reapConsumers(this.options.redis, { stream, group, idleMs: REAP_IDLE_MS });
    }
  }
}
