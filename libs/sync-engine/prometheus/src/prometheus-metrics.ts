import { LAG_BUCKETS_SECONDS, type DirectionReport, type SyncStatus } from '@redis-mongo-sync/sync-engine';
import { DIRECTIONS, type Direction } from '@redis-mongo-sync/sync-core';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { HealingGauges } from './healing-gauges.js';

const OUTCOME_FIELDS = {
  applied: 'applied',
  stale: 'stale',
  duplicate: 'duplicate',
  echo: 'echo',
  superseded: 'superseded',
  deadLettered: 'dead-lettered',
} as const satisfies Partial<Record<keyof DirectionReport, string>>;

const GAUGES = {
  inFlight: ['sync_in_flight', 'Captured entries that are not settled, by the ledger'],
  streamLength: ['sync_stream_length', 'Entries in the stream, settled ones included until they are trimmed'],
  pending: ['sync_pending', 'Entries delivered and not settled'],
  missing: [
    'sync_missing_entries',
    'Entries that the ledger has and the stream has not; 0 when they balance',
  ],
  unread: ['sync_unread', 'Entries not delivered yet'],
  deadLettersWaiting: ['sync_dead_letters', 'Dead letters that wait for a person'],
} as const satisfies Partial<Record<keyof DirectionReport, readonly [string, string]>>;

/** The report in the text format of Prometheus. */
export class PrometheusMetrics {
  private readonly captured: Counter<'direction'>;
  private readonly outcomes: Counter<'direction' | 'outcome'>;
  private readonly conflicts: Counter<'direction'>;
  private readonly gauges: ReadonlyMap<keyof typeof GAUGES, Gauge<'direction'>>;
  private readonly balanced: Gauge<'direction'>;
  private readonly healing: HealingGauges;

  /** @param registry where the metrics go; default: one of their own */
  constructor(
    private readonly status: SyncStatus,
    private readonly registry: Registry = new Registry(),
  ) {
    const perDirection = definitionsIn(registry);
    this.captured = new Counter(
      perDirection('sync_captured_total', 'Changes that entered the stream, by the ledger'),
    );
    this.outcomes = new Counter({
      ...perDirection('sync_outcomes_total', 'Settled entries by outcome, by the ledger'),
      labelNames: ['direction', 'outcome'],
    });
    this.conflicts = new Counter(
      perDirection(
        'sync_conflicts_total',
        'Versions of this direction that lost against a concurrent one, since the process started',
      ),
    );
    this.gauges = new Map(
      Object.entries(GAUGES).map(([field, [name, help]]) => [
        field as keyof typeof GAUGES,
        new Gauge(perDirection(name, help)),
      ]),
    );
    this.balanced = new Gauge(
      perDirection('sync_ledger_balanced', '1 when captured equals settled plus in flight'),
    );
    this.healing = new HealingGauges(registry);
    const lag = new Histogram({
      ...perDirection('sync_lag_seconds', "Time from a client's write to its apply at the other store"),
      buckets: [...LAG_BUCKETS_SECONDS],
    });
    status.onLag((direction, seconds) => lag.observe({ direction }, seconds));
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    const report = await this.status.report();
    const { directions } = report;
    this.healing.set(report);
    // The ledger is the truth; what Prometheus sees is set from it, not counted beside it.
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

/** Definitions of metrics that have a value per direction. */
function definitionsIn(registry: Registry) {
  return (name: string, help: string) => ({
    name,
    help,
    labelNames: ['direction'] as const,
    registers: [registry],
  });
}
