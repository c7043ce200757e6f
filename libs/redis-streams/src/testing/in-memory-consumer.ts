import {
  MessageConsumerService,
  type BatchMessageHandler,
  type MessageHandler,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionSnapshot,
} from '../bus/message-consumer.js';
import { assertGroupName } from '../envelope/names.js';
import { MessageProcessor } from '../subscription/message-processor.js';
import { resolveSubscribeOptions } from '../subscription/subscribe-options.js';
import { noTracing } from '../tracing/trace-bridge.js';
import type { InMemoryHost } from './in-memory-host.js';
import type { InMemoryStream, MemoryReader } from './in-memory-stream.js';

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

export class InMemoryConsumer extends MessageConsumerService {
  private readonly active = new Set<InMemorySubscription>();

  constructor(private readonly host: InMemoryHost) {
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
    const { catalog, clock, observer } = this.host;
    // Here only the bus can acknowledge: a handler's script needs a Redis.
    const options = resolveSubscribeOptions({ ...given, settledBy: 'bus' }, catalog.of(stream).partitions);
    const source = this.host.stream(stream);
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
