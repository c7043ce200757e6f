import {
  MessageConsumerService,
  type HandlerRoute,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionSnapshot,
} from '../bus/message-consumer.js';
import { assertGroupName } from '../envelope/names.js';
import { MessageProcessor } from '../subscription/message-processor.js';
import { assertSameTypes, Routes } from '../subscription/routes.js';
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
  /** The subscriptions, each with the types it takes. */
  private readonly active = new Map<InMemorySubscription, string>();

  constructor(private readonly host: InMemoryHost) {
    super();
  }

  async unsubscribe(stream: string, group: string): Promise<void> {
    await Promise.all(this.subscriptionsTo(stream, group).map((one) => this.end(one)));
  }

  subscriptions(): readonly SubscriptionSnapshot[] {
    return [...this.active.keys()].map((one) => one.snapshot()).filter(({ state }) => state !== 'closed');
  }

  async close(): Promise<void> {
    await Promise.all([...this.active.keys()].map((one) => this.end(one)));
  }

  private subscriptionsTo(stream: string, group: string): readonly InMemorySubscription[] {
    return [...this.active.keys()].filter((one) => one.stream === stream && one.group === group);
  }

  private async end(subscription: InMemorySubscription): Promise<void> {
    await subscription.unsubscribe();
    this.active.delete(subscription);
  }

  override async subscribeRoutes(
    stream: string,
    group: string,
    handlerRoutes: readonly HandlerRoute[],
    given: SubscribeOptions = {},
  ): Promise<Subscription> {
    assertGroupName(group);
    const { catalog, clock, observer } = this.host;
    // Here only the bus can acknowledge: a handler's script needs a Redis.
    const options = resolveSubscribeOptions({ ...given, settledBy: 'bus' }, catalog.of(stream).partitions);
    const routes = new Routes(handlerRoutes, options);
    const others = this.subscriptionsTo(stream, group).map((one) => this.active.get(one) ?? '');
    assertSameTypes({ stream, group }, routes.types, others);
    const source = this.host.stream(stream);
    source.ensureGroup(group, options.from);
    const handlers = source.partitions.map((_, partition) => {
      const settlement = source.laneOf(group, partition);
      const shared = { catalog, clock, observer, tracing: noTracing, mayProceed: () => true };
      const confirm = (): Promise<void> => Promise.resolve();
      const work = { stream, group, partition, routes, siblings: null, options, settlement, confirm };
      return new MessageProcessor({ ...work, ...shared }).handle;
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
    this.active.set(subscription, routes.types);
    return Promise.resolve(subscription);
  }
}
