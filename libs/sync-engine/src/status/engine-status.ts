import type { LedgerPage } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS, type Direction } from '@redis-mongo-sync/sync-core';
import type { ConsistencyFigure } from '../healing/consistency/consistency-tally.js';
import type { MissingEntries } from '../healing/ledger/missing-entries.js';
import type { OplogStatus } from '../healing/oplog/oplog-watch.js';
import { EngineHealth } from './engine-health.js';
import type { CaptureStatus, LaneStatus } from './engine-observer.js';
import type { EngineParts } from '../composition/engine-parts.js';
import { EngineReport } from './engine-report.js';
import type { HealthCheck } from './health-check.js';
import type { SyncReport } from './sync-report.js';
import { SyncStatus, type LagListener } from './sync-status.js';

/** {@link SyncStatus} of a running engine. */
export class EngineStatus extends SyncStatus {
  private readonly figures: EngineReport;
  private readonly health: EngineHealth;

  constructor(private readonly parts: EngineParts) {
    super();
    this.figures = new EngineReport(parts);
    this.health = new EngineHealth(parts);
  }

  get capture(): CaptureStatus {
    return this.parts.observer.captureState;
  }

  get alerts(): number {
    return this.parts.observer.alertCount;
  }

  get oplog(): OplogStatus {
    return this.parts.healing.oplog.status;
  }

  get consistency(): ConsistencyFigure {
    return this.parts.healing.consistency.figure();
  }

  lane(direction: Direction): LaneStatus {
    return this.parts.observer.laneState(direction);
  }

  ledger(direction: Direction): Promise<LedgerPage> {
    return this.parts.stores.ledgers.read(direction);
  }

  async missing(direction: Direction): Promise<MissingEntries> {
    return this.parts.missing.explain(direction, await this.ledger(direction));
  }

  lookAtOplog(): Promise<OplogStatus> {
    return this.parts.healing.oplog.look();
  }

  report(): Promise<SyncReport> {
    return this.figures.read();
  }

  healthChecks(): readonly HealthCheck[] {
    return this.health.checks();
  }

  onLag(listener: LagListener): void {
    for (const direction of DIRECTIONS)
      this.parts.lanes[direction].meter.onSample((seconds) => listener(direction, seconds));
  }
}
