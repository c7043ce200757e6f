import { MessageBus } from '../bus/message-bus.js';
import type { MessageProducerService } from '../bus/message-producer.js';
import type { MessagingObserver } from '../bus/messaging-observer.js';
import { systemClock, type Clock } from '../clock.js';
import { decodeEvent, EVENT_FIELD } from '../envelope/event-codec.js';
import type { NewEvent } from '../envelope/message-event.js';
import { StreamCatalog, type StreamDefinition } from '../envelope/stream-catalog.js';
import type { StreamReplayer } from '../replay/stream-replayer.js';
import type { Effect } from '../subscription/settlement.js';
import { InMemoryConsumer } from './in-memory-consumer.js';
import type { InMemoryDeadLetters } from './in-memory-dead-letters.js';
import type { InMemoryHost } from './in-memory-host.js';
import { InMemoryProducer } from './in-memory-producer.js';
import { InMemoryReplayer } from './in-memory-replayer.js';
import { InMemoryStream } from './in-memory-stream.js';

export interface InMemoryBusOptions {
  readonly streams?: Readonly<Record<string, StreamDefinition>>;
  readonly clock?: Clock;
  readonly observer?: MessagingObserver;
}

/**
 * The bus without Redis, for tests of applications: it passes the same contract suite as `RedisMessageBus`.
 * Nothing is trimmed; effects other than published events are only noted, in `effects`.
 */
export class InMemoryBus extends MessageBus implements InMemoryHost {
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
