import { streamInfo } from '@redis-mongo-sync/redis-streams';
import { KEYS, SYNC_GROUP, withRedisErrors } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS, owedInFlight, type Direction } from '@redis-mongo-sync/sync-core';
import type { EngineParts } from '../composition/engine-parts.js';
import type { CaptureReport, DirectionReport, LastReconcile, SyncReport } from './sync-report.js';

/** Gathers the figures of the engine. */
export class EngineReport {
  constructor(private readonly parts: EngineParts) {}

  async read(): Promise<SyncReport> {
    const { observer, healing } = this.parts;
    const reports = await Promise.all(DIRECTIONS.map((direction) => this.direction(direction)));
    return {
      time: new Date().toISOString(),
      upSeconds: Math.round(process.uptime()),
      alerts: observer.alertCount,
      capture: this.capture(),
      consistency: healing.consistency.figure(),
      reconcile: this.lastReconcile(),
      unsyncable: healing.unsyncable.counts,
      directions: Object.fromEntries(
        DIRECTIONS.map((direction, index) => [direction, reports[index]]),
      ) as Record<Direction, DirectionReport>,
    };
  }

  private capture(): CaptureReport {
    const { mode, reason, since, snapshot, caughtUpAt } = this.parts.observer.captureState;
    return {
      mode,
      reason,
      positionAgeMs: caughtUpAt === null ? null : Date.now() - caughtUpAt,
      since: new Date(since).toISOString(),
      snapshot,
      oplog: this.parts.healing.oplog.status,
    };
  }

  private lastReconcile(): LastReconcile | null {
    const { last } = this.parts.healing.reconciles;
    if (!last?.report) return null;
    const { compared, left, settling } = last.report;
    return { endedAt: last.endedAt, mode: last.request.mode, compared, differ: left, settling };
  }

  private async direction(direction: Direction): Promise<DirectionReport> {
    const { stores, lanes, observer, missing: search } = this.parts;
    const { consumer, meter } = lanes[direction];
    const [page, info, deadLettersWaiting] = await Promise.all([
      stores.ledgers.read(direction),
      withRedisErrors(() => streamInfo(stores.redis, KEYS.stream(direction))),
      withRedisErrors(() => stores.redis.xlen(KEYS.deadLetters(direction))),
    ]);
    const { ledger, pending, unread, missing } = page;
    const { events: missingEvents } = await search.explain(direction, page);
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
      balanced: missing === 0,
      missing,
      missingEvents,
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
