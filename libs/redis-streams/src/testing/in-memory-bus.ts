import { MessageBus } from '../bus/message-bus.js';
import {
  MessageConsumerService,
  type BatchMessageHandler,
  type MessageHandler,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionSnapshot,
} from '../bus/message-consumer.js';
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
import { decodeEvent, encodeEvent, EVENT_FIELD } from '../envelope/event-codec.js';
import type { NewEvent } from '../envelope/message-event.js';
import { MessagingError } from '../envelope/messaging-error.js';
import { assertGroupName } from '../envelope/names.js';
import { StreamCatalog, type StreamDefinition } from '../envelope/stream-catalog.js';
import { isError } from '../is-error.js';
import {
  StreamReplayer,
  type GroupReplay,
  type ReplayedEvent,
  type ReplayPosition,
  type ReplayRange,
  type ReplaySummary,
} from '../replay/stream-replayer.js';
import { MessageProcessor } from '../subscription/message-processor.js';
import type { Effect } from '../subscription/settlement.js';
import { resolveSubscribeOptions } from '../subscription/subscribe-options.js';
import { noTracing } from '../tracing/trace-bridge.js';
import type { InMemoryDeadLetters } from './in-memory-dead-letters.js';
import { InMemoryStream, type MemoryReader } from './in-memory-stream.js';

export interface InMemoryBusOptions {
  readonly streams?: Readonly<Record<string, StreamDefinition>>;
  readonly clock?: Clock;
  readonly observer?: MessagingObserver;
}

/**
 * The bus without Redis, for tests of applications: it passes the same contract suite as `RedisMessageBus`.
 * Nothing is trimmed; effects other than published events are only noted, in `effects`.
 */
export class InMemoryBus extends MessageBus {
  /** Every effect that took place, in order. */
  readonly effects: Effect[] = [];
  readonly producer: MessageProducerService;
  readonly consumer: InMemoryConsumer;
  readonly replayer: StreamReplayer;
  readonly catalog: StreamCatalog;
  readonly clock: Clock;
  readonly observer: MessagingObserver;
  private readonly streams = new Map<string, InMemoryStream>();

  constructor(options: InMemoryBusOptions = {}) {
    super();
    this.catalog = new StreamCatalog(options);
    this.clock = options.clock ?? systemClock;
    this.observer = options.observer ?? {};
    this.producer = new InMemoryProducer(this);
    this.consumer = new InMemoryConsumer(this);
    this.replayer = new InMemoryReplayer(this);
  }

  define(stream: string, definition: StreamDefinition): void {
    this.catalog.define(stream, definition);
  }

  deadLetters(stream: string): InMemoryDeadLetters {
    return this.stream(stream).deadLetters;
  }

  /** Resolves when every subscribed group has handled what there is, retries included. */
  async settled(): Promise<void> {
    for (let quiet = 0; quiet < 3;) {
      await new Promise((resolve) => setImmediate(resolve));
      quiet = [...this.streams.values()].every(({ idle }) => idle) ? quiet + 1 : 0;
    }
  }

  /** The events of a stream, oldest first. */
  events(stream: string): readonly NewEvent[] {
    return this.stream(stream)
      .partitions.flat()
      .map((entry) => decodeEvent(entry));
  }

  /** Adds an entry as it is, also an invalid one. */
  addRaw(stream: string, fields: readonly string[]): void {
    this.stream(stream).append(0, fields);
  }

  async close(): Promise<void> {
    await this.consumer.close();
    for (const stream of this.streams.values()) stream.close();
  }

  stream(name: string): InMemoryStream {
    const known = this.streams.get(name);
    if (known) return known;
    const { partitions } = this.catalog.of(name);
    const { clock, observer } = this;
    const runEffects = (effects: readonly Effect[]): void => this.run(effects);
    const made = new InMemoryStream({ name, partitions, clock, observer, runEffects });
    this.streams.set(name, made);
    return made;
  }

  private run(effects: readonly Effect[]): void {
    for (const effect of effects) {
      this.effects.push(effect);
      const json = effect.args.at(-1);
      if (effect.command !== 'XADD' || effect.args.at(-2) !== EVENT_FIELD || typeof json !== 'string')
        continue;
      const [name = '', partition = 0] = this.placeOf(effect.key);
      this.stream(name).append(partition, [EVENT_FIELD, json]);
    }
  }

  private placeOf(streamKey: string): [name: string, partition: number] {
    const [, name, partition] = /^(.*):p(\d+)$/.exec(streamKey) ?? [];
    return name === undefined ? [streamKey, 0] : [name, Number(partition)];
  }
}

class InMemoryProducer extends MessageProducerService {
  constructor(private readonly bus: InMemoryBus) {
    super();
  }

  async publish(stream: string, draft: NewEvent, options: PublishOptions = {}): Promise<Published> {
    const { catalog, clock, observer } = this.bus;
    const layout = catalog.of(stream);
    const { event, json } = encodeEvent({ ...draft, ...options }, clock.now());
    const partition = layout.partitionOf(event);
    const target = this.bus.stream(stream);
    const known = target.eventIds.get(event.id);
    const entryId = known ?? target.append(partition, [EVENT_FIELD, json]);
    target.eventIds.set(event.id, entryId);
    const outcome = known === undefined ? 'accepted' : 'duplicate';
    observer.published?.({ stream, type: event.type, outcome });
    return Promise.resolve({ outcome, eventId: event.id, entryId, partition });
  }

  async publishBatch(
    items: readonly BatchItem[],
    { allOrNothing = false }: PublishBatchOptions = {},
  ): Promise<readonly (Published | Rejected)[]> {
    if (allOrNothing) this.checkAll(items);
    return Promise.all(
      items.map(({ stream, event }) =>
        this.publish(stream, event).catch((error: unknown): Rejected => {
          if (error instanceof MessagingError) return { outcome: 'rejected', error };
          throw error;
        }),
      ),
    );
  }

  private checkAll(items: readonly BatchItem[]): void {
    const faults = items.flatMap(({ stream, event }, index) => {
      try {
        this.bus.catalog.of(stream);
        encodeEvent(event, this.bus.clock.now());
        return [];
      } catch (error) {
        return [`event ${index}: ${isError(error) ? error.message : String(error)}`];
      }
    });
    if (faults.length > 0)
      throw new MessagingError('BATCH_REJECTED', `nothing was published. ${faults.join('; ')}`);
  }
}

class InMemorySubscription implements Subscription {
  private closed = false;

  constructor(
    readonly stream: string,
    readonly group: string,
    private readonly source: InMemoryStream,
    private readonly reader: MemoryReader,
  ) {}

  pause(): Promise<void> {
    this.reader.paused = true;
    return this.source.rest(this.group, this.reader);
  }

  resume(): void {
    this.reader.paused = false;
    this.source.wakeGroup(this.group);
  }

  async unsubscribe(): Promise<void> {
    this.closed = true;
    this.reader.paused = true;
    await this.source.rest(this.group, this.reader);
    this.source.leave(this.group, this.reader);
  }

  snapshot(): SubscriptionSnapshot {
    const state = this.closed ? 'closed' : this.reader.paused ? 'paused' : 'running';
    const partitions = this.source.partitions.map((_, index) => index);
    return { stream: this.stream, group: this.group, state, partitions, trouble: null };
  }
}

class InMemoryConsumer extends MessageConsumerService {
  private readonly active = new Set<InMemorySubscription>();

  constructor(private readonly bus: InMemoryBus) {
    super();
  }

  subscribe<Data>(
    stream: string,
    group: string,
    handler: MessageHandler<Data>,
    options: SubscribeOptions = {},
  ) {
    const single = handler as MessageHandler;
    const each: BatchMessageHandler = async ([delivery]) => {
      if (delivery) await single(delivery.event, delivery.context);
    };
    return this.open({ stream, group, handler: each, wholeBatch: false }, options);
  }

  subscribeBatch<Data>(
    stream: string,
    group: string,
    handler: BatchMessageHandler<Data>,
    options: SubscribeOptions = {},
  ) {
    return this.open({ stream, group, handler: handler as BatchMessageHandler, wholeBatch: true }, options);
  }

  async unsubscribe(stream: string, group: string): Promise<void> {
    const ours = [...this.active].filter((one) => one.stream === stream && one.group === group);
    await Promise.all(ours.map((one) => this.end(one)));
  }

  subscriptions(): readonly SubscriptionSnapshot[] {
    return [...this.active].map((one) => one.snapshot()).filter(({ state }) => state !== 'closed');
  }

  async close(): Promise<void> {
    await Promise.all([...this.active].map((one) => this.end(one)));
  }

  private async end(subscription: InMemorySubscription): Promise<void> {
    await subscription.unsubscribe();
    this.active.delete(subscription);
  }

  private async open(
    work: {
      readonly stream: string;
      readonly group: string;
      readonly handler: BatchMessageHandler;
      readonly wholeBatch: boolean;
    },
    given: SubscribeOptions,
  ): Promise<Subscription> {
    const { stream, group } = work;
    assertGroupName(group);
    const { catalog, clock, observer } = this.bus;
    const options = resolveSubscribeOptions(given, catalog.of(stream).partitions);
    const source = this.bus.stream(stream);
    source.ensureGroup(group, options.from);
    const handlers = source.partitions.map((_, partition) => {
      const settlement = source.laneOf(group, partition);
      const shared = { catalog, clock, observer, tracing: noTracing, mayProceed: () => true };
      return new MessageProcessor({ ...work, ...shared, partition, options, settlement }).handle;
    });
    const reader: MemoryReader = {
      batchSize: options.batchSize,
      retryDelaysMs: options.retryDelaysMs,
      ordered: options.order === 'key',
      paused: false,
      handlerOf: (partition) => handlers[partition] ?? (() => Promise.resolve({ acked: true })),
    };
    source.join(group, reader, options.deduplicate);
    const subscription = new InMemorySubscription(stream, group, source, reader);
    this.active.add(subscription);
    return Promise.resolve(subscription);
  }
}

class InMemoryReplayer extends StreamReplayer {
  constructor(private readonly bus: InMemoryBus) {
    super();
  }

  async replay(
    stream: string,
    range: ReplayRange,
    handler: (replayed: ReplayedEvent) => Promise<unknown> | void,
  ): Promise<ReplaySummary> {
    const all = this.bus
      .stream(stream)
      .partitions.flatMap((entries, partition) => entries.map((entry) => ({ entry, partition })));
    const order = ({ entry }: (typeof all)[number]): number => Number(entry.id.split('-')[1]);
    let [replayed, malformed] = [0, 0];
    for (const { entry, partition } of all.sort((a, b) => order(a) - order(b))) {
      if (range.signal?.aborted) break;
      if (!within(entry.id, range)) continue;
      try {
        const event = decodeEvent(entry);
        if (range.types && !range.types.includes(event.type)) continue;
        await handler({ entryId: entry.id, partition, event });
        replayed += 1;
      } catch (error) {
        if (!(error instanceof MessagingError) || error.code !== 'MALFORMED_EVENT') throw error;
        malformed += 1;
      }
    }
    return { replayed, malformed };
  }

  replayToGroup(stream: string, group: string, from: ReplayPosition): Promise<GroupReplay> {
    const source = this.bus.stream(stream);
    const made = source.ensureGroup(group, 'beginning');
    source.moveGroup(group, from === 'beginning' ? from : justBefore(from));
    return Promise.resolve({ outcome: made ? 'created' : 'moved', truncated: false });
  }
}

function within(id: string, { from, to }: ReplayRange): boolean {
  return (from === 'beginning' || later(id, from) >= 0) && (to === undefined || later(id, to) <= 0);
}

/** Negative when `id` is before `position`; a time covers its whole millisecond. */
function later(id: string, position: Date | string): number {
  const [time = 0, sequence = 0] = id.split('-').map(Number);
  if (position instanceof Date) return time - position.getTime();
  const [otherTime = 0, otherSequence = 0] = position.split('-').map(Number);
  return time - otherTime || sequence - otherSequence;
}

function justBefore(position: Date | string): string {
  if (position instanceof Date) return `${position.getTime() - 1}-${Number.MAX_SAFE_INTEGER}`;
  const [time = 0, sequence = 0] = position.split('-').map(Number);
  return `${time}-${sequence - 1}`;
}
