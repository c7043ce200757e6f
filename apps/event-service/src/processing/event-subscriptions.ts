import { type AuditLog, AuditStoreUnavailableError } from '@redis-mongo-sync/audit-log';
import {
  AUDIT_GROUP,
  EVENT_STREAM_RULES,
  PROCESSING_GROUPS,
  topicOf,
} from '@redis-mongo-sync/event-contract';
import {
  type BatchMessageHandler,
  classifyFailure,
  housekeepingClock,
  MessagingError,
  pause,
  RedisMessageBus,
  type FailureKind,
  type SubscribeOptions,
} from '@redis-mongo-sync/redis-streams';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { AUDIT_LOG } from '../audit/audit-log.provider.js';
import { StreamDirectory } from '../streams/stream-directory.js';
import { EventRates } from './event-rates.js';
import { projectingHandler } from './projecting-handler.js';
import { recordingHandler } from './recording-handler.js';

/** How soon a stream that another process made known gets its readers. */
const LOOK_EVERY_MS = 1_000;

/** Batches one after the other: the audit log shall have a stream's events in their order. */
const IN_ORDER = { concurrency: 1, batchSize: 500 } as const;

/** Counts in the script that acknowledges. */
const PROJECTING: SubscribeOptions = { ...IN_ORDER, settledBy: 'handler' };

/** The log itself takes an event once, so that the group need not remember the ids. */
const RECORDING: SubscribeOptions = { ...IN_ORDER, deduplicate: false, classify: classifyRecording };

/**
 * This process's part in the groups: one subscription per topic for its figures, and one per stream – those that
 * clients made, too – for the audit log. Event-services share the work of a group, and take over from each other.
 */
@Injectable()
export class EventSubscriptions {
  private readonly logger = new Logger('Events');
  private readonly begun = new Set<string>();
  /** What could not be subscribed for a reason that waiting does not mend. */
  private readonly refused = new Set<string>();
  private readonly stopped = new AbortController();
  private looking: Promise<void> | undefined;

  constructor(
    private readonly bus: RedisMessageBus,
    private readonly redis: Redis,
    private readonly directory: StreamDirectory,
    @Inject(AUDIT_LOG) private readonly log: AuditLog,
    private readonly rates: EventRates,
  ) {}

  start(): void {
    this.looking ??= this.keepLooking();
  }

  /** Subscriptions that do not get on, as `<group> on <stream>`. The bus tries each again every 30 s. */
  get failed(): readonly string[] {
    const failed = this.bus.consumer.subscriptions().filter(({ state }) => state === 'failed');
    return [...failed.map(({ stream, group }) => nameOf(stream, group)), ...this.refused];
  }

  /** Ends reading, lets what is in hand be finished, and resolves. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.looking;
    await this.bus.close();
  }

  private async keepLooking(): Promise<void> {
    const { signal } = this.stopped;
    let down = false;
    while (!signal.aborted) {
      try {
        await this.look();
        if (down) this.logger.log('Redis answers again');
        down = false;
      } catch (error) {
        if (!down) this.logger.warn(`cannot look for streams, trying on: ${String(error)}`);
        down = true;
      }
      await pause(LOOK_EVERY_MS, { signal, clock: housekeepingClock });
    }
  }

  private async look(): Promise<void> {
    await this.directory.prepare();
    for (const stream of await this.directory.list()) {
      const topic = topicOf(stream);
      if (topic !== undefined) {
        const handler = projectingHandler(topic, this.redis);
        await this.subscribe(stream, PROCESSING_GROUPS[topic], handler, PROJECTING);
      }
      const onRecorded: EventRates['count'] = (entries) => this.rates.count(entries);
      const handler = recordingHandler({ log: this.log, stream, onRecorded });
      await this.subscribe(stream, AUDIT_GROUP, handler, RECORDING);
    }
  }

  private async subscribe(
    stream: string,
    group: string,
    handler: BatchMessageHandler,
    options: SubscribeOptions,
  ): Promise<void> {
    const name = nameOf(stream, group);
    if (this.begun.has(name) || this.stopped.signal.aborted) return;
    try {
      this.bus.define(stream, EVENT_STREAM_RULES);
      await this.bus.consumer.subscribeBatch(stream, group, handler, options);
      this.begun.add(name);
      this.refused.delete(name);
    } catch (error) {
      if (classifyFailure(error) === 'transient') throw error;
      if (!this.refused.has(name)) this.logger.error(`${name} cannot be read: ${String(error)}`);
      this.refused.add(name); // the other streams go on
    }
  }
}

function nameOf(stream: string, group: string): string {
  return `${group} on ${stream}`;
}

/** A log that is down or slow is waited for: an event is no worse for it. */
function classifyRecording(error: unknown): FailureKind {
  const slow = error instanceof MessagingError && error.code === 'HANDLER_TIMEOUT';
  return slow || error instanceof AuditStoreUnavailableError ? 'transient' : classifyFailure(error);
}
