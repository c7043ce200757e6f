import type { Redis } from 'ioredis';
import { systemClock, type Clock } from '../clock.js';
import { DeadLetterKeeper } from '../dead-letters/dead-letter-keeper.js';
import { DeadLetters } from '../dead-letters/dead-letters.js';
import { StreamCatalog, type CatalogOptions, type StreamDefinition } from '../envelope/stream-catalog.js';
import { RedisMessageProducer, type RedisProducerOptions } from '../producer/redis-message-producer.js';
import { RedisStreamReplayer, type StreamReplayer } from '../replay/stream-replayer.js';
import { RedisMessageConsumer, type ConsumerTimings } from '../subscription/redis-message-consumer.js';
import { StreamTrimming } from '../stream-trimming.js';
import type { TraceBridge } from '../tracing/trace-bridge.js';
import { MessageBus } from './message-bus.js';
import type { MessageConsumerService } from './message-consumer.js';
import type { DeadLetterAlert, MessagingObserver } from './messaging-observer.js';

export interface DeadLetterRules {
  /** The alert comes at this many dead letters of a stream. Default 100. */
  readonly alertAt?: number;
  /** Beside the observer's `deadLetterAlert`. */
  readonly onAlert?: (alert: DeadLetterAlert) => void;
  /** 7 to 30. Default 30. */
  readonly retentionDays?: number;
  /** Default 60 s. */
  readonly checkEveryMs?: number;
  /** Names never shown, beside the usual ones. */
  readonly secretFields?: readonly string[];
}

export interface RedisBusOptions
  extends
    CatalogOptions,
    Omit<RedisProducerOptions, 'catalog' | 'commands' | 'observer' | 'tracing' | 'clock' | 'trimming'> {
  /** Profile `commands`. The owner closes it, after the bus. */
  readonly commands: Redis;
  readonly instance?: string;
  readonly timings?: ConsumerTimings;
  readonly deadLetters?: DeadLetterRules;
  readonly observer?: MessagingObserver;
  readonly tracing?: TraceBridge;
  readonly clock?: Clock;
}

export class RedisMessageBus extends MessageBus {
  readonly producer: RedisMessageProducer;
  readonly consumer: MessageConsumerService & { close(): Promise<void> };
  readonly replayer: StreamReplayer;
  readonly catalog: StreamCatalog;
  private readonly keepers = new Map<string, DeadLetterKeeper>();

  constructor(private readonly options: RedisBusOptions) {
    super();
    this.catalog = new StreamCatalog(options);
    const trimming = new StreamTrimming(options.commands, options.clock);
    const shared = { ...options, catalog: this.catalog, trimming };
    this.producer = new RedisMessageProducer(shared);
    const onSubscribed = (stream: string): void => this.keepDeadLetters(stream);
    this.consumer = new RedisMessageConsumer({ ...shared, onSubscribed });
    this.replayer = new RedisStreamReplayer(options.commands, this.catalog);
  }

  get commands(): Redis {
    return this.options.commands;
  }

  define(stream: string, definition: StreamDefinition): void {
    this.catalog.define(stream, definition);
  }

  deadLetters(stream: string): DeadLetters {
    const layout = this.catalog.of(stream);
    const { commands, deadLetters: { secretFields } = {}, clock = systemClock } = this.options;
    return new DeadLetters({
      commands,
      stream: layout.streamKey(0),
      partitions: layout.streamKeys,
      deadLetterStream: layout.deadLetterKey,
      audit: true,
      clock,
      ...(secretFields ? { secretFields } : {}),
    });
  }

  /** Watches the dead letters of a stream until `close()`: alert and clean-up. Done for each stream that is subscribed. */
  keepDeadLetters(stream: string): void {
    if (this.keepers.has(stream)) return;
    const { onAlert, checkEveryMs, ...rules } = this.options.deadLetters ?? {};
    const keeper = new DeadLetterKeeper({
      letters: this.deadLetters(stream),
      clock: this.options.clock ?? systemClock,
      ...rules,
      ...(checkEveryMs === undefined ? {} : { everyMs: checkEveryMs }),
      onAlert: (raised, size) => {
        this.options.observer?.deadLetterAlert?.({ stream, raised, size });
        onAlert?.({ stream, raised, size });
      },
    });
    this.keepers.set(stream, keeper);
    keeper.start();
  }

  async close(): Promise<void> {
    for (const keeper of this.keepers.values()) keeper.stop();
    await this.consumer.close();
    await this.producer.close();
  }
}
