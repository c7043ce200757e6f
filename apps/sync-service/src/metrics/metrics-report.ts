import { streamInfo } from '@redis-mongo-sync/redis-streams';
import { KEYS, SYNC_GROUP, withRedisErrors } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS, owedInFlight, type Direction } from '@redis-mongo-sync/sync-core';
import type { ConsistencyFigure } from '../consistency/consistency-tally.js';
import type { OplogStatus } from '../flows/oplog-watch.js';
import type { SnapshotStatus } from '../flows/snapshot-progress.js';
import type { SyncEngine } from '../engine.js';

/** What `GET /metrics` answers for one direction. Counts are from the books, and survive restarts. */
export interface DirectionReport {
  readonly stream: string;
  readonly mode: string;
  /** ISO time since when the books count; null before the first entry. */
  readonly since: string | null;
  readonly captured: number;
  readonly applied: number;
  readonly stale: number;
  readonly duplicate: number;
  readonly echo: number;
  readonly superseded: number;
  readonly deadLettered: number;
  readonly inFlight: number;
  readonly balanced: boolean;
  /** Entries that the books have and the stream has not; negative: the stream has more. 0 when balanced. */
  readonly vanished: number;
  /** Ids of missing events, where they can be told; at most 20. */
  readonly missing: readonly string[];
  /** Since this process started. */
  readonly retries: number;
  /** Versions of this way that lost against a concurrent one and are in the conflict log; since this process started. */
  readonly conflicts: number;
  /** ms from the client's write to its apply; percentiles of the last one to two minutes. */
  readonly lagMs: {
    readonly now: number | null;
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
    readonly max: number | null;
    readonly samples: number;
  };
  readonly streamLength: number;
  readonly pending: number;
  readonly unread: number;
  /** ms since the oldest entry that is not settled came into the stream; 0 when there is none. */
  readonly positionAgeMs: number;
  readonly deadLettersWaiting: number;
}

export interface CaptureReport {
  readonly mode: string;
  readonly reason: string | null;
  /** ms since capture last knew that it had everything; null before the first time. */
  readonly positionAgeMs: number | null;
  /** ISO time since when it has been in this mode. */
  readonly since: string;
  /** How far a snapshot is; null when none is under way. */
  readonly snapshot: SnapshotStatus | null;
  /** How far back MongoDB's oplog reaches, and where the stored position lies in it. */
  readonly oplog: OplogStatus;
}

/** The last comparison of both stores that came to its end. */
export interface LastReconcile {
  readonly endedAt: string | null;
  readonly mode: 'sample' | 'full';
  readonly compared: number;
  readonly differ: number;
  readonly settling: number;
}

export interface SyncReport {
  readonly service: 'sync-service';
  readonly time: string;
  readonly upSeconds: number;
  readonly alerts: number;
  readonly capture: CaptureReport;
  /** Share of sampled writes that both stores had in time. */
  readonly consistency: ConsistencyFigure;
  /** Null before the first one of this process. */
  readonly reconcile: LastReconcile | null;
  readonly directions: Readonly<Record<Direction, DirectionReport>>;
}

/** Gathers the figures that `/metrics` shows. */
export class MetricsReport {
  constructor(private readonly engine: SyncEngine) {}

  async read(): Promise<SyncReport> {
    const { observer, oplog, consistency } = this.engine;
    const { mode, reason, since, snapshot, caughtUpAt } = observer.captureState;
    const reports = await Promise.all(DIRECTIONS.map((direction) => this.direction(direction)));
    return {
      service: 'sync-service',
      time: new Date().toISOString(),
      upSeconds: Math.round(process.uptime()),
      alerts: this.engine.observer.alertCount,
      capture: {
        mode,
        reason,
        positionAgeMs: caughtUpAt === null ? null : Date.now() - caughtUpAt,
        since: new Date(since).toISOString(),
        snapshot,
        oplog: oplog.status,
      },
      consistency: consistency.figure(),
      reconcile: this.lastReconcile(),
      directions: Object.fromEntries(
        DIRECTIONS.map((direction, index) => [direction, reports[index]]),
      ) as Record<Direction, DirectionReport>,
    };
  }

  private lastReconcile(): LastReconcile | null {
    const { last } = this.engine.reconciles;
    if (!last?.report) return null;
    const { compared, left, settling } = last.report;
    return { endedAt: last.endedAt, mode: last.request.mode, compared, differ: left, settling };
  }

  private async direction(direction: Direction): Promise<DirectionReport> {
    const { commands, books, lanes, observer } = this.engine;
    const { consumer, meter } = lanes[direction];
    const [page, info, deadLettersWaiting] = await Promise.all([
      books.read(direction),
      withRedisErrors(() => streamInfo(commands, KEYS.stream(direction))),
      withRedisErrors(() => commands.xlen(KEYS.deadLetters(direction))),
    ]);
    const { ledger, pending, unread, vanished } = page;
    const { events: missing } = await this.engine.missing.explain(direction, page);
    const { 'dead-lettered': deadLettered, ...outcomes } = ledger.outcomes;
    const group = info.groups.find(({ name }) => name === SYNC_GROUP);
    return {
      stream: KEYS.stream(direction),
      mode: consumer.mode,
      since: ledger.since === null ? null : new Date(ledger.since).toISOString(),
      captured: ledger.captured,
      ...outcomes,
      deadLettered,
      inFlight: owedInFlight(ledger),
      balanced: vanished === 0,
      vanished,
      missing,
      retries: consumer.snapshot().retried,
      conflicts: observer.laneState(direction).conflicts,
      lagMs: { now: meter.latest, ...meter.summary() },
      streamLength: info.length,
      pending,
      unread,
      positionAgeMs: group?.oldestPendingAgeMs ?? 0,
      deadLettersWaiting,
    };
  }
}
