import { errorText, type ConsumerMode, type StreamConsumer } from '@redis-mongo-sync/redis-streams';
import type { ForeignContent } from '@redis-mongo-sync/sync-adapters';
import {
  DIRECTIONS,
  SyncAlert,
  type ChangeEvent,
  type Conflict,
  type Direction,
} from '@redis-mongo-sync/sync-core';
import type { RunView } from '../healing/reconcile/run-view.js';
import type { EngineLog } from '../engine-log.js';
import type { CaptureMode, CaptureObserver } from '../capture/capture-observer.js';
import type { SnapshotStatus } from '../capture/snapshot-progress.js';
import type { RepairReport } from '../healing/ledger/lost-stream-repair.js';
import type { FlowObserver } from '../lanes/flow-context.js';

export interface CaptureStatus {
  readonly mode: CaptureMode;
  readonly reason: string | null;
  /** Epoch ms since when it has been in this mode. */
  readonly since: number;
  /** How far a snapshot is; null when none is under way here. */
  readonly snapshot: SnapshotStatus | null;
  /** Epoch ms at which capture last knew that it had everything up to then; null before the first time. */
  readonly caughtUpAt: number | null;
  readonly captured: number;
  /**
   * Whether documents that others remove, and record keys that they change, are followed: the server keeps pre-images
   * (MongoDB ≥ 6.0). `null`: capture has not begun here.
   */
  readonly followsRemovals: boolean | null;
}

/** What capture can't do on a server before 6.0. */
export const NOT_FOLLOWED =
  'documents that others remove, and record keys that they change, are not followed: ' +
  'MongoDB keeps no pre-images before 6.0; a full reconcile finds them';

export interface LaneStatus {
  readonly mode: ConsumerMode;
  /** Versions of this way that lost against a concurrent one, since this process started. */
  readonly conflicts: number;
  readonly overfull: boolean;
  readonly fatal: string | null;
  readonly largestSkewMs: number;
}

/** An alert about skew is given when a version lies further ahead than this. */
const SKEW_ALERT_MS = 5_000;
/** Clocks stay apart for long, and batches come by the second. */
const SKEW_ALERT_EVERY_MS = 60_000;
/** A program that writes one key of the product writes many. */
const FOREIGN_ALERT_EVERY_MS = 60_000;

/** Hears everything that happens in the engine, keeps what health and metrics show, and writes the log lines. */
export class EngineObserver implements CaptureObserver {
  private captureStatus: CaptureStatus = {
    mode: 'stopped',
    reason: null,
    since: Date.now(),
    snapshot: null,
    caughtUpAt: null,
    captured: 0,
    followsRemovals: null,
  };
  private readonly lanes: Record<Direction, LaneStatus> = {
    'mongo-to-redis': NEW_LANE,
    'redis-to-mongo': NEW_LANE,
  };
  private alerts = 0;
  private readonly skewAlertedAt = new Map<Direction, number>();
  /** Contents that were written over and not told yet. */
  private foreignFound = 0;
  private foreignToldAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly log: EngineLog) {}

  get captureState(): CaptureStatus {
    return this.captureStatus;
  }

  /** Things a person should have looked at, since this process started. */
  get alertCount(): number {
    return this.alerts;
  }

  laneState(direction: Direction): LaneStatus {
    return this.lanes[direction];
  }

  isOverfull(direction: Direction): boolean {
    return this.lanes[direction].overfull;
  }

  // ——— capture

  modeChanged(mode: CaptureMode, reason?: string): void {
    const snapshot = mode === 'streaming' || mode === 'standby' ? null : this.captureStatus.snapshot;
    this.captureStatus = { ...this.captureStatus, mode, reason: reason ?? null, since: Date.now(), snapshot };
    const line = `capture: ${mode}${reason ? ` (${reason})` : ''}`;
    if (mode === 'waiting' || mode === 'throttled') this.log.warn(line);
    else this.log.info(line);
  }

  prepared({ preImages }: { readonly preImages: boolean }): void {
    if (!preImages && this.captureStatus.followsRemovals !== false) this.log.warn(`capture: ${NOT_FOLLOWED}`);
    this.captureStatus = { ...this.captureStatus, followsRemovals: preImages };
  }

  published(events: readonly ChangeEvent[]): void {
    const captured = this.captureStatus.captured + events.length;
    this.captureStatus = { ...this.captureStatus, captured, caughtUpAt: Date.now() };
  }

  snapshot(snapshot: SnapshotStatus | null): void {
    const before = this.captureStatus.snapshot;
    this.captureStatus = { ...this.captureStatus, snapshot };
    if (before && !snapshot) this.log.info(`capture: snapshot complete: ${before.done} documents`);
  }

  alert(code: SyncAlert, message: string): void {
    this.alerts += 1;
    this.log.warn(`${code} ${message}`);
  }

  collectionLost(collection: string, operation: string): void {
    this.alert(
      SyncAlert.CollectionLost,
      `collection ${collection}: ${operation}; Redis still shows its records`,
    );
  }

  unreadable(fault: string): void {
    this.alert(SyncAlert.UnreadableChange, `a change that cannot be read was passed over: ${fault}`);
  }

  // ——— lanes

  lane(direction: Direction): FlowObserver {
    return {
      conflicts: (conflicts) => this.conflicts(direction, conflicts),
      skew: (largestSkewMs) => this.skew(direction, largestSkewMs),
    };
  }

  watch(direction: Direction, consumer: StreamConsumer): void {
    consumer.on('mode', ({ to }) => {
      this.update(direction, { mode: to });
      this.log.info(`${direction}: ${to}`);
    });
    consumer.on('breaker', ({ state, error, failuresInARow }) => {
      if (state === 'open' && failuresInARow === 1)
        this.log.warn(`${direction}: waiting for a store: ${errorText(error)}`);
      if (state === 'closed') this.log.info(`${direction}: working again`);
    });
    consumer.on('group-lost', ({ error }) =>
      this.alert(SyncAlert.StreamLost, `${direction}: stream or group lost: ${errorText(error)}`),
    );
    consumer.on('lost', ({ count }) =>
      this.alert(
        SyncAlert.EntriesTrimmed,
        `${direction}: ${count} entries were trimmed before they were handled; re-emitting them`,
      ),
    );
    consumer.on('dead-lettered', ({ id, letterId, error }) =>
      this.alert(
        SyncAlert.DeadLettered,
        `${direction}: entry ${id} is dead letter ${letterId}: ${errorText(error)}`,
      ),
    );
  }

  pressure(direction: Direction, overfull: boolean): void {
    this.update(direction, { overfull });
    if (overfull) this.alert(SyncAlert.StreamOverCap, `${direction}: the stream is longer than its cap`);
  }

  repaired(direction: Direction, { missing, reEmitted }: RepairReport): void {
    if (missing === 0 && reEmitted === 0) return;
    this.alert(
      SyncAlert.Repaired,
      `${direction}: repaired: ${missing} entries were missing, ${reEmitted} records re-emitted`,
    );
  }

  /** What other programs had put in the place of records was written over. */
  foreign(found: readonly ForeignContent[]): void {
    this.foreignFound += found.length;
    const [first] = found;
    const now = Date.now();
    if (!first || now - this.foreignToldAt < FOREIGN_ALERT_EVERY_MS) return;
    const more = this.foreignFound - 1;
    const others = more > 0 ? `, and ${more} more since it was told last` : '';
    this.alert(
      SyncAlert.ForeignContent,
      `a ${first.type} in the place of ${first.name} was written over${others}`,
    );
    this.foreignFound = 0;
    this.foreignToldAt = now;
  }

  /** An outsider put older states of so many records back into Mongo; Redis re-emitted its own. */
  setBack(records: number): void {
    if (records > 0) this.log.warn(`mongo was set back below redis on ${records} records; re-emitted`);
  }

  /** A look at both stores came to its end. */
  reconciled({ state, trigger, error, report }: RunView): void {
    if (state === 'failed') this.log.warn(`reconcile (${trigger}) failed: ${error ?? ''}`);
    if (!report) return;
    const { compared, left, repaired, settling } = report;
    const line = `reconcile (${trigger}) ${state}: ${compared} records compared, ${repaired} repaired, ${left} differ`;
    this.log.info(settling > 0 ? `${line}, ${settling} still moving` : line);
    if (left > 0)
      this.alert(SyncAlert.StoresDiffer, `${left} of ${compared} records differ between the stores`);
  }

  fatal(direction: Direction, error: unknown): void {
    this.update(direction, { fatal: errorText(error) });
    this.log.error(`${SyncAlert.LaneStopped} ${direction}: stopped for good: ${errorText(error)}`);
  }

  private conflicts(direction: Direction, conflicts: readonly Conflict[]): void {
    for (const lane of DIRECTIONS) {
      const lost = conflicts.filter((conflict) => waysOf(conflict).includes(lane)).length;
      if (lost > 0) this.update(lane, { conflicts: this.lanes[lane].conflicts + lost });
    }
    for (const { entity, key, winner, loser, reason } of conflicts) {
      const became = reason === 'merged' ? 'was merged with' : 'lost to';
      this.log.debug(
        `${direction}: conflict on ${entity} ${key}: ${loser.version} (${loser.source}) ${became} ${winner.version ?? 'a write without a version'} (${winner.source})`,
      );
    }
  }

  private skew(direction: Direction, largestSkewMs: number): void {
    if (largestSkewMs !== this.lanes[direction].largestSkewMs) this.update(direction, { largestSkewMs });
    if (largestSkewMs <= SKEW_ALERT_MS) return;
    const now = Date.now();
    if (now - (this.skewAlertedAt.get(direction) ?? 0) < SKEW_ALERT_EVERY_MS) return;
    this.skewAlertedAt.set(direction, now);
    this.alert(SyncAlert.ClockSkew, `${direction}: a version lies ${largestSkewMs} ms ahead of this clock`);
  }

  private update(direction: Direction, change: Partial<LaneStatus>): void {
    this.lanes[direction] = { ...this.lanes[direction], ...change };
  }
}

/**
 * The ways whose writes lost something. One that was merely overtaken by its own store's next lost nothing; of two that
 * were merged, both may have lost fields, or neither.
 */
function waysOf({ reason, loser, fields }: Conflict): readonly Direction[] {
  if (reason === 'overtaken') return [];
  if (!fields) return [loser.source === 'redis' ? 'redis-to-mongo' : 'mongo-to-redis'];
  return DIRECTIONS.filter(
    (direction) => (direction === 'redis-to-mongo' ? fields.lost : fields.overruled).length > 0,
  );
}

const NEW_LANE: LaneStatus = {
  mode: 'starting',
  conflicts: 0,
  overfull: false,
  fatal: null,
  largestSkewMs: 0,
};
