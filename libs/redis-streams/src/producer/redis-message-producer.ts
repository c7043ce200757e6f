import type { Redis } from 'ioredis';
import {
  MessageProducerService,
  type BatchItem,
  type Published,
  type PublishBatchOptions,
  type PublishOptions,
  type Rejected,
} from '../bus/message-producer.js';
import type { MessagingObserver } from '../bus/messaging-observer.js';
import { systemClock, type Clock } from '../clock.js';
import { pause } from '../pause.js';
import { encodeEvent } from '../envelope/event-codec.js';
import { DEFAULT_LIMITS, type EventLimits, type NewEvent } from '../envelope/message-event.js';
import { MessagingError } from '../envelope/messaging-error.js';
import { StreamCatalog } from '../envelope/stream-catalog.js';
import { classifyRedisFailure } from '../failure-kind.js';
import { isError } from '../is-error.js';
import { StreamTrimming } from '../stream-trimming.js';
import { noTracing, type TraceBridge } from '../tracing/trace-bridge.js';
import { PublishQueue } from './publish-queue.js';
import { publishAtomically, type IdWindow, type PublishCall, type PublishReply } from './publish-script.js';
import { StreamDeclarations } from './stream-declaration.js';

export interface RedisProducerOptions {
  /** Profile `commands` (waits through a short reconnect) or `http` (fails fast). The owner closes it. */
  readonly commands: Redis;
  readonly catalog?: StreamCatalog;
  /** How long an event id is remembered at least. Default 5 min. */
  readonly idWindowMs?: number;
  /** Unless more ids than this come within the window. Default 200,000 (about 25 MB per generation). */
  readonly maxIds?: number;
  readonly limits?: EventLimits;
  /** Waits before an unanswered call is repeated, ms. Default 50, 200, 800. */
  readonly repeatDelaysMs?: readonly number[];
  readonly observer?: MessagingObserver;
  readonly tracing?: TraceBridge;
  readonly clock?: Clock;
  /** Shared with the consumer of one bus, so that each stream is trimmed by one timer. */
  readonly trimming?: StreamTrimming;
}

interface Prepared extends PublishCall {
  readonly stream: string;
  readonly type: string;
  readonly partition: number;
  /** False when the id is new with this call: a "duplicate" can then only be our own repeat. */
  readonly idGiven: boolean;
}

export class RedisMessageProducer extends MessageProducerService {
  private readonly catalog: StreamCatalog;
  private readonly clock: Clock;
  private readonly window: IdWindow;
  private readonly declarations: StreamDeclarations;
  private readonly queue = new PublishQueue((calls) => this.send(calls));
  private readonly trimming: StreamTrimming;

  constructor(private readonly options: RedisProducerOptions) {
    super();
    this.catalog = options.catalog ?? new StreamCatalog();
    this.clock = options.clock ?? systemClock;
    this.window = { windowMs: options.idWindowMs ?? 300_000, maxIds: options.maxIds ?? 200_000 };
    this.declarations = new StreamDeclarations(options.commands);
    this.trimming = options.trimming ?? new StreamTrimming(options.commands, options.clock);
  }

  async publish(stream: string, event: NewEvent, options: PublishOptions = {}): Promise<Published> {
    const call = this.prepare(stream, options.key === undefined ? event : { ...event, key: options.key });
    return this.tell(call, async () => {
      await this.declared([stream]);
      return this.queue.add(call);
    });
  }

  async publishBatch(
    items: readonly BatchItem[],
    { allOrNothing = false, duplicates = 'accept' }: PublishBatchOptions = {},
  ): Promise<readonly (Published | Rejected)[]> {
    if (allOrNothing) return this.publishAll(items, duplicates === 'refuse');
    return Promise.all(
      items.map(async ({ stream, event }) => {
        try {
          return await this.publish(stream, event);
        } catch (error) {
          if (isRejection(error)) return { outcome: 'rejected' as const, error };
          throw error;
        }
      }),
    );
  }

  /** Stops trimming. The connection is the owner's to close. */
  close(): Promise<void> {
    return this.trimming.stop();
  }

  private async publishAll(
    items: readonly BatchItem[],
    allNewOrAllKnown: boolean,
  ): Promise<readonly Published[]> {
    const calls = this.prepareAll(items);
    if (calls.length === 0) return [];
    await this.declared(items.map(({ stream }) => stream));
    const replying = this.send(calls, allNewOrAllKnown);
    assertPublished(calls, await replying.catch(() => [])); // a failure is told event by event below
    return Promise.all(
      calls.map((call, index) =>
        this.tell(call, async () => {
          const reply = (await replying)[index];
          if (!reply) throw new Error('Redis answered for fewer events than were sent');
          return reply;
        }),
      ),
    );
  }

  private prepareAll(items: readonly BatchItem[]): readonly Prepared[] {
    const faults: string[] = [];
    const calls = items.flatMap(({ stream, event }, index) => {
      try {
        return [this.prepare(stream, event)];
      } catch (error) {
        faults.push(`event ${index}: ${isError(error) ? error.message : String(error)}`);
        return [];
      }
    });
    if (faults.length === 0) return calls;
    throw new MessagingError('BATCH_REJECTED', `nothing was published. ${faults.slice(0, 10).join('; ')}`);
  }

  private prepare(stream: string, draft: NewEvent): Prepared {
    try {
      const layout = this.catalog.of(stream);
      const traceparent = draft.traceparent ?? this.tracing.currentTraceparent();
      const traced = traceparent === undefined ? draft : { ...draft, traceparent };
      const limits = this.options.limits ?? DEFAULT_LIMITS;
      const { event, json } = encodeEvent(traced, this.clock.now(), limits);
      const partition = layout.partitionOf(event);
      return {
        stream,
        type: event.type,
        partition,
        streamKey: layout.streamKey(partition),
        idKeys: layout.idKeys(partition),
        maxLength: layout.definition.trim === 'length' ? layout.definition.maxLength : 0,
        eventId: event.id,
        json,
        idGiven: draft.id !== undefined,
      };
    } catch (error) {
      this.options.observer?.published?.({ stream: String(stream), type: '', outcome: 'rejected' });
      throw error;
    }
  }

  private get tracing(): TraceBridge {
    return this.options.tracing ?? noTracing;
  }

  private async tell(call: Prepared, publishing: () => Promise<PublishReply>): Promise<Published> {
    const { stream, type, eventId, partition, idGiven } = call;
    try {
      const { outcome: reply, entryId } = await publishing();
      const outcome = reply === 'added' || !idGiven ? 'accepted' : 'duplicate';
      this.options.observer?.published?.({ stream, type, outcome });
      return { outcome, eventId, entryId, partition };
    } catch (error) {
      this.options.observer?.published?.({ stream, type, outcome: 'failed' });
      throw error;
    }
  }

  /** Repeats, with the same ids, what Redis did not answer; its answer then tells what was in already. */
  private async send(
    calls: readonly PublishCall[],
    allNewOrAllKnown = false,
  ): Promise<readonly PublishReply[]> {
    const delays = this.options.repeatDelaysMs ?? [50, 200, 800];
    for (let repeat = 0; ; repeat += 1) {
      try {
        return await publishAtomically(this.options.commands, calls, { ...this.window, allNewOrAllKnown });
      } catch (error) {
        if (classifyRedisFailure(error) !== 'transient') throw error;
        const delay = delays[repeat];
        if (delay === undefined) throw unconfirmed(calls, error);
        await pause(delay, { clock: this.clock });
      }
    }
  }

  private async declared(streams: readonly string[]): Promise<void> {
    for (const stream of new Set(streams)) {
      const layout = this.catalog.of(stream);
      try {
        await this.declarations.confirm(layout);
      } catch (error) {
        if (classifyRedisFailure(error) !== 'transient') throw error; // an outage is the publishing's to report
      }
      this.trimming.keep(layout);
    }
  }
}

/** @throws MessagingError BATCH_REJECTED */
function assertPublished(calls: readonly PublishCall[], replies: readonly PublishReply[]): void {
  const faults = replies.flatMap(({ outcome, entryId }, index) =>
    outcome === 'refused' && entryId !== ''
      ? [`event ${index}: id ${calls[index]?.eventId} was published before, as ${entryId}`]
      : [],
  );
  if (faults.length === 0) return;
  throw new MessagingError('BATCH_REJECTED', `nothing was published. ${faults.slice(0, 10).join('; ')}`);
}

function isRejection(error: unknown): error is MessagingError {
  return error instanceof MessagingError && error.code !== 'PUBLISH_UNCONFIRMED';
}

function unconfirmed(calls: readonly PublishCall[], cause: unknown): MessagingError {
  const ids = calls.slice(0, 5).map(({ eventId }) => eventId);
  const reason = isError(cause) ? cause.message : String(cause);
  return new MessagingError(
    'PUBLISH_UNCONFIRMED',
    `Redis did not confirm ${calls.length} event(s) (${ids.join(', ')}${calls.length > 5 ? ', …' : ''}): ${reason}. ` +
      'Publish again with the same ids; none is added twice',
    { cause },
  );
}
