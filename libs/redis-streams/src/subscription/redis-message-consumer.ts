import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import {
  MessageConsumerService,
  type HandlerRoute,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionSnapshot,
} from '../bus/message-consumer.js';
import type { MessagingObserver } from '../bus/messaging-observer.js';
import { systemClock, type Clock } from '../clock.js';
import { MessagingError } from '../envelope/messaging-error.js';
import { StreamCatalog, type StreamLayout } from '../envelope/stream-catalog.js';
import { StreamDeclarations } from '../producer/stream-declaration.js';
import { StreamTrimming } from '../stream-trimming.js';
import { noTracing, type TraceBridge } from '../tracing/trace-bridge.js';
import { createGroup } from './group-creation.js';
import { GroupPosition } from './group-position.js';
import { GroupTypes } from './group-types.js';
import { GroupedSettlement } from './grouped-settlement.js';
import { MessageProcessor } from './message-processor.js';
import { PartitionLeases } from './partition-leases.js';
import { PartitionReader } from './partition-reader.js';
import { RedisSubscription } from './redis-subscription.js';
import { assertSameTypes, Routes } from './routes.js';
import { RedisSettlement } from './settlement.js';
import { resolveSubscribeOptions, type ResolvedOptions } from './subscribe-options.js';

export interface ConsumerTimings {
  /** Without order: what an instance has left untouched this long is taken over. Default 30 s. */
  readonly minIdleMs?: number;
  /** How often to look for it. Default 15 s. */
  readonly reclaimEveryMs?: number;
  /** With order: a silent instance loses its partitions after this. Default 10 s. */
  readonly leaseMs?: number;
  /** How long Redis holds an empty read. Default 1 s. */
  readonly blockMs?: number;
  /** How long what is in hand may take at the end. Default 10 s. */
  readonly drainMs?: number;
}

export interface RedisConsumerOptions {
  /** Profile `commands`. The owner closes it. Each partition read adds a blocking connection. */
  readonly commands: Redis;
  readonly catalog?: StreamCatalog;
  /** Name of this instance within its groups. Default: host, process and something random. */
  readonly instance?: string;
  readonly timings?: ConsumerTimings;
  readonly observer?: MessagingObserver;
  /** Called for each stream that is subscribed. */
  readonly onSubscribed?: (stream: string) => void;
  readonly tracing?: TraceBridge;
  readonly clock?: Clock;
  /** Shared with the producer of one bus, so that each stream is trimmed by one timer. */
  readonly trimming?: StreamTrimming;
}

interface Wiring {
  readonly layout: StreamLayout;
  readonly group: string;
  readonly instance: string;
  readonly options: ResolvedOptions;
  readonly routes: Routes;
  readonly siblings: GroupTypes;
  /** By partition; empty for a group that begins with all there is. */
  readonly positions: Map<number, GroupPosition>;
  readonly leases: PartitionLeases | null;
}

export class RedisMessageConsumer extends MessageConsumerService {
  /** The subscriptions, each with the types it takes. */
  private readonly active = new Map<RedisSubscription, string>();
  private readonly catalog: StreamCatalog;
  private readonly clock: Clock;
  private readonly declarations: StreamDeclarations;
  private readonly trimming: StreamTrimming;
  private readonly observer: MessagingObserver;
  private readonly timings: Required<ConsumerTimings>;
  private readonly instance: string;
  private made = 0;

  constructor(private readonly it: RedisConsumerOptions) {
    super();
    this.catalog = it.catalog ?? new StreamCatalog();
    this.clock = it.clock ?? systemClock;
    this.observer = it.observer ?? {};
    this.declarations = new StreamDeclarations(it.commands);
    this.trimming = it.trimming ?? new StreamTrimming(it.commands, it.clock);
    this.instance = it.instance ?? `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
    const defaults = { minIdleMs: 30_000, reclaimEveryMs: 15_000, leaseMs: 10_000, blockMs: 1_000 };
    this.timings = { ...defaults, drainMs: 10_000, ...it.timings };
  }

  async unsubscribe(stream: string, group: string): Promise<void> {
    await Promise.all(this.subscriptionsTo(stream, group).map((one) => one.unsubscribe()));
  }

  subscriptions(): readonly SubscriptionSnapshot[] {
    return [...this.active.keys()].map((one) => one.snapshot());
  }

  /** Ends all subscriptions, and trimming. */
  async close(): Promise<void> {
    await Promise.all([...this.active.keys()].map((one) => one.unsubscribe()));
    await this.trimming.stop();
  }

  override async subscribeRoutes(
    stream: string,
    group: string,
    given: readonly HandlerRoute[],
    subscribeOptions: SubscribeOptions = {},
  ): Promise<Subscription> {
    const layout = this.catalog.ofGroup(stream, group);
    const options = resolveSubscribeOptions(subscribeOptions, layout.partitions);
    const routes = new Routes(given, options);
    const others = this.subscriptionsTo(stream, group).map((one) => this.active.get(one) ?? '');
    assertSameTypes({ stream, group }, routes.types, others);
    // Two subscriptions of one process to one group are two instances.
    const instance = `${this.instance}-${(this.made += 1)}`;
    const leases = options.order === 'key' ? this.leasesOf(layout, group, instance) : null;
    const siblings = this.typesOf(layout, group, routes.types);
    const positions = new Map<number, GroupPosition>();
    const wiring: Wiring = { layout, group, instance, options, leases, routes, siblings, positions };
    const subscription = new RedisSubscription({
      stream,
      group,
      partitions: layout.partitions,
      leases,
      prepare: () => this.prepare(wiring),
      newReader: (partition) => this.newReader(wiring, partition),
      renewEveryMs: Math.ceil(this.timings.leaseMs / 5),
      drainMs: this.timings.drainMs,
      clock: this.clock,
      onTrouble: (kind, error) => this.observer.trouble?.({ stream, group, kind, error }),
      onClosed: () => {
        siblings.stop();
        this.active.delete(subscription);
      },
    });
    this.active.set(subscription, routes.types);
    this.it.onSubscribed?.(stream);
    await subscription.begin();
    return subscription;
  }

  /** Makes sure of the stream and its group. */
  private async prepare({ layout, group, options, siblings, positions }: Wiring): Promise<void> {
    await this.confirm(layout.name);
    for (const [partition, streamKey] of layout.streamKeys.entries()) {
      const id = await createGroup(this.it.commands, { streamKey, group }, options.from);
      if (options.from !== 'beginning') positions.set(partition, new GroupPosition(id));
    }
    await siblings.start();
  }

  private async confirm(stream: string): Promise<void> {
    const layout = this.catalog.of(stream);
    await this.declarations.confirm(layout);
    this.trimming.keep(layout);
  }

  private subscriptionsTo(stream: string, group: string): readonly RedisSubscription[] {
    return [...this.active.keys()].filter((one) => one.stream === stream && one.group === group);
  }

  private typesOf(layout: StreamLayout, group: string, types: string): GroupTypes {
    const onConflict = (others: readonly string[]): void => {
      const text = `this process handles ${types}, another one of the group ${others.join(' and ')}`;
      const advice = 'What only the other one handles goes to the dead letters here';
      const error = new MessagingError('SUBSCRIPTION_CONFLICT', `${text}. ${advice}`);
      this.observer.trouble?.({ stream: layout.name, group, kind: 'types-conflict', error });
    };
    const { clock } = this;
    const { commands } = this.it;
    return new GroupTypes({ commands, key: layout.typesKey(group), types, clock, onConflict });
  }

  private leasesOf(layout: StreamLayout, group: string, instance: string): PartitionLeases {
    const { clock, timings } = this;
    const { commands } = this.it;
    const { partitions } = layout;
    const keys = layout.leaseKeys(group);
    return new PartitionLeases({ commands, keys, instance, partitions, leaseMs: timings.leaseMs, clock });
  }

  private newReader(wiring: Wiring, partition: number): PartitionReader {
    const { layout, group, instance, options, leases, routes, siblings } = wiring;
    const position = wiring.positions.get(partition);
    const { clock, observer, catalog, timings } = this;
    const { commands, tracing = noTracing } = this.it;
    const streamKey = layout.streamKey(partition);
    const windowMs = options.deduplicate ? options.deduplicationWindowMs : 0;
    const shared = { commands, streamKey, group, consumer: instance };
    const settlement = new GroupedSettlement(
      new RedisSettlement({ ...shared, doneKeys: layout.doneKeys(partition, group), windowMs }),
    );
    const processor = new MessageProcessor({
      ...{ stream: layout.name, group, partition, routes, siblings, options, settlement },
      ...{ catalog, clock, tracing, observer },
      mayProceed: () => leases?.valid ?? true,
      confirm: (stream) => this.confirm(stream),
    });
    const { blockMs, reclaimEveryMs, minIdleMs } = timings;
    return new PartitionReader({
      ...shared,
      ...{ stream: layout.name, deadLetterKey: layout.deadLetterKey, options, observer, clock },
      handler: position ? position.follow(processor.handle) : processor.handle,
      startId: () => position?.id ?? '0',
      // Whoever holds the lease may take over what is pending at once.
      timings: { blockMs, reclaimEveryMs, minIdleMs: leases ? 0 : minIdleMs },
    });
  }
}
