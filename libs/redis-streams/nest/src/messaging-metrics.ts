import type { HandledFact, MessagingObserver, PublishedFact } from '@redis-mongo-sync/redis-streams';
import { streamInfo, type RedisMessageBus } from '@redis-mongo-sync/redis-streams';
import type { MetricsRegistry } from './redis-streams-options.js';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const GROUP_LABELS = ['stream', 'group', 'type'] as const;

const made = new WeakMap<MetricsRegistry, MessagingMetrics>();

/** The buses of a process in figures: `messaging_*`. */
export class MessagingMetrics implements MessagingObserver {
  /** One for each registry, which takes a name once. */
  static in(registry: MetricsRegistry): MessagingMetrics {
    const metrics = made.get(registry) ?? new MessagingMetrics(registry);
    made.set(registry, metrics);
    return metrics;
  }

  private readonly buses = new Set<RedisMessageBus>();
  private readonly publishedTotal;
  private readonly processedTotal;
  private readonly failedTotal;
  private readonly retriedTotal;
  private readonly skippedTotal;
  private readonly deadLetteredTotal;
  private readonly seconds;
  private readonly registry: Registry;

  private constructor(given: MetricsRegistry) {
    const registry = given as Registry;
    this.registry = registry;
    const counter = (name: string, help: string, labelNames: readonly string[] = GROUP_LABELS) =>
      new Counter({
        name: `messaging_${name}_total`,
        help,
        labelNames: [...labelNames],
        registers: [registry],
      });
    this.publishedTotal = counter('published', 'Events published', ['stream', 'type', 'outcome']);
    this.processedTotal = counter('processed', 'Events handled and settled');
    this.failedTotal = counter('failed', 'Tries that failed');
    this.retriedTotal = counter('retried', 'Failed tries that another one follows');
    this.skippedTotal = counter('skipped', 'Events handled before and skipped');
    this.deadLetteredTotal = counter('dead_lettered', 'Events moved to the dead letters', [
      'stream',
      'group',
    ]);
    this.seconds = new Histogram({
      name: 'messaging_processing_seconds',
      help: 'Time of the handler',
      labelNames: ['stream', 'group'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
      registers: [registry],
    });
    this.makeGauges();
  }

  readonly published = ({ stream, type, outcome }: PublishedFact): void =>
    this.publishedTotal.inc({ stream, type, outcome });

  readonly processed = ({ durationMs, ...labels }: HandledFact & { readonly durationMs: number }): void => {
    this.processedTotal.inc(labels);
    this.seconds.observe({ stream: labels.stream, group: labels.group }, durationMs / 1_000);
  };

  readonly failed = ({
    stream,
    group,
    type,
    willRetry,
  }: HandledFact & { readonly willRetry: boolean }): void => {
    this.failedTotal.inc({ stream, group, type });
    if (willRetry) this.retriedTotal.inc({ stream, group, type });
  };

  readonly skipped = (labels: HandledFact): void => this.skippedTotal.inc({ ...labels });

  readonly deadLettered = ({ stream, group }: HandledFact): void =>
    this.deadLetteredTotal.inc({ stream, group });

  /** Lag, pending and dead letters of what this instance subscribes, asked of Redis at each scrape. */
  watch(bus: RedisMessageBus): () => void {
    this.buses.add(bus);
    return () => this.buses.delete(bus);
  }

  private makeGauges(): void {
    const gauge = (
      name: string,
      help: string,
      labelNames: string[],
      collect: (gauge: Gauge) => Promise<void>,
    ) =>
      new Gauge({
        ...{ name: `messaging_${name}`, help, labelNames, registers: [this.registry] },
        collect() {
          return collect(this).catch(() => undefined); // Redis is down: other metrics are still worth having
        },
      });
    const perGroup = async (
      gauge: Gauge,
      figure: (info: { lag: number | null; pending: number }) => number,
    ) => {
      gauge.reset();
      for (const { bus, stream, group } of this.subscriptions()) {
        const keys = bus.catalog.of(stream).streamKeys;
        const infos = await Promise.all(keys.map((key) => streamInfo(bus.commands, key)));
        const own = infos.flatMap(({ groups }) => groups.filter(({ name }) => name === group));
        gauge.set(
          { stream, group },
          own.reduce((sum, info) => sum + figure(info), 0),
        );
      }
    };
    gauge('lag', 'Entries not delivered to the group yet', ['stream', 'group'], (it) =>
      perGroup(it, ({ lag }) => lag ?? 0),
    );
    gauge('pending', 'Entries delivered and not settled', ['stream', 'group'], (it) =>
      perGroup(it, ({ pending }) => pending),
    );
    gauge('dead_letters', 'Dead letters of the stream', ['stream'], async (it) => {
      for (const { bus, stream } of this.subscriptions())
        it.set({ stream }, await bus.deadLetters(stream).size());
    });
  }

  private subscriptions() {
    return [...this.buses].flatMap((bus) =>
      bus.consumer.subscriptions().map(({ stream, group }) => ({ bus, stream, group })),
    );
  }
}
