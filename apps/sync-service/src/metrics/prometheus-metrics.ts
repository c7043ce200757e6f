import { DIRECTIONS, type Direction } from '@redis-mongo-sync/sync-core';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SyncEngine } from '../engine.js';
import { LAG_BUCKETS_SECONDS } from './lag-meter.js';
import { HealingGauges } from './healing-gauges.js';
import type { DirectionReport, MetricsReport } from './metrics-report.js';

const OUTCOME_FIELDS = {
  applied: 'applied',
  stale: 'stale',
  duplicate: 'duplicate',
  echo: 'echo',
  superseded: 'superseded',
  deadLettered: 'dead-lettered',
} as const satisfies Partial<Record<keyof DirectionReport, string>>;

const GAUGES = {
  inFlight: ['sync_in_flight', 'Captured entries that are not settled, by the books'],
  streamLength: ['sync_stream_length', 'Entries in the stream, settled ones included until they are trimmed'],
  pending: ['sync_pending', 'Entries delivered and not settled'],
  vanished: [
    'sync_missing_entries',
    'Entries that the books have and the stream has not; 0 when they balance',
  ],
  unread: ['sync_unread', 'Entries not delivered yet'],
  deadLettersWaiting: ['sync_dead_letters', 'Dead letters that wait for a person'],
} as const satisfies Partial<Record<keyof DirectionReport, readonly [string, string]>>;

/** The report in the text format of Prometheus, with the process's own figures. */
export class PrometheusMetrics {
  private readonly registry = new Registry();
  private readonly captured: Counter<'direction'>;
  private readonly outcomes: Counter<'direction' | 'outcome'>;
  private readonly conflicts: Counter<'direction'>;
  private readonly gauges: ReadonlyMap<keyof typeof GAUGES, Gauge<'direction'>>;
  private readonly balanced: Gauge<'direction'>;
  private readonly healing: HealingGauges;

  constructor(
    engine: SyncEngine,
    private readonly report: MetricsReport,
  ) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.captured = new Counter({
      name: 'sync_captured_total',
      help: 'Changes that entered the stream, by the books',
      labelNames: ['direction'],
      registers,
    });
    this.outcomes = new Counter({
      name: 'sync_outcomes_total',
      help: 'Settled entries by outcome, by the books',
      labelNames: ['direction', 'outcome'],
      registers,
    });
    this.conflicts = new Counter({
      name: 'sync_conflicts_total',
      help: 'Versions of this direction that lost against a concurrent one, since the process started',
      labelNames: ['direction'],
      registers,
    });
    this.gauges = new Map(
      Object.entries(GAUGES).map(([field, [name, help]]) => [
        field as keyof typeof GAUGES,
        new Gauge({ name, help, labelNames: ['direction'] as const, registers }),
      ]),
    );
    this.balanced = new Gauge({
      name: 'sync_books_balanced',
      help: '1 when captured equals settled plus in flight',
      labelNames: ['direction'],
      registers,
    });
    this.healing = new HealingGauges(this.registry);
    const lag = new Histogram({
      name: 'sync_lag_seconds',
      help: "Time from a client's write to its apply at the other store",
      labelNames: ['direction'],
      buckets: [...LAG_BUCKETS_SECONDS],
      registers,
    });
    for (const direction of DIRECTIONS) {
      engine.lanes[direction].meter.onSample = (seconds) => lag.observe({ direction }, seconds);
    }
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    const report = await this.report.read();
    const { directions } = report;
    this.healing.set(report);
    // The books are the truth; what Prometheus sees is set from them, not counted beside them.
    this.captured.reset();
    this.outcomes.reset();
    this.conflicts.reset();
    for (const direction of DIRECTIONS) this.set(direction, directions[direction]);
    return this.registry.metrics();
  }

  private set(direction: Direction, report: DirectionReport): void {
    this.captured.inc({ direction }, report.captured);
    this.conflicts.inc({ direction }, report.conflicts);
    for (const [field, outcome] of Object.entries(OUTCOME_FIELDS)) {
      this.outcomes.inc({ direction, outcome }, report[field as keyof typeof OUTCOME_FIELDS]);
    }
    for (const [field, gauge] of this.gauges) gauge.set({ direction }, report[field]);
    this.balanced.set({ direction }, report.balanced ? 1 : 0);
  }
}
