import { systemClock, type Clock } from '@redis-mongo-sync/redis-streams';
import {
  captureChanges,
  HistoryLostError,
  SpoiledPositionError,
  StoreUnavailableError,
  SyncAlert,
  type CaptureJournal,
  type CapturePosition,
  type ChangeEvent,
  type ChangeBatch,
  type ChangeFeed,
  type EntityDefinition,
  type MongoAuthority,
  type MongoChange,
  type MongoImage,
} from '@redis-mongo-sync/sync-core';
import { Backoff } from '../capture/backoff.js';
import { SnapshotProgress, type SnapshotReason, type SnapshotStatus } from '../capture/snapshot-progress.js';

/**
 * - `standby`: another sync-service holds the lease and captures;
 * - `snapshotting`: publishing every document, because there is no position to resume from;
 * - `streaming`: publishing changes as they happen;
 * - `throttled`: the stream is at its cap, waiting for consumers;
 * - `waiting`: a store is unavailable, trying again with back-off;
 * - `stopped`.
 */
export type CaptureMode = 'standby' | 'snapshotting' | 'streaming' | 'throttled' | 'waiting' | 'stopped';

export interface CaptureFlowOptions {
  readonly entities: readonly EntityDefinition[];
  /** Makes sure that collections and indexes are there; repeated whenever capture begins. */
  readonly prepare: () => Promise<void>;
  readonly feed: ChangeFeed;
  readonly journal: CaptureJournal;
  readonly authority: MongoAuthority;
  readonly lease: { hold(): Promise<boolean>; release(): Promise<void> };
  /** Whether `mongo_changes` is at its cap: capture then waits instead of losing anything. */
  readonly isFull: () => boolean;
  /** About how many documents a snapshot will publish after `afterId`; without it the total is unknown. */
  readonly estimate?: (entity: EntityDefinition, afterId: string | null) => Promise<number>;
  readonly observer: CaptureObserver;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** In [0, 1), for the jitter of the back-off. Default: `Math.random`. */
  readonly random?: () => number;
}

export interface CaptureObserver {
  modeChanged(mode: CaptureMode, reason?: string): void;
  /** A batch was published. `changedAt`: epoch ms of its newest change by Mongo's clock. */
  published(events: readonly ChangeEvent[], changedAt?: number): void;
  /** How far a snapshot is; null when it is complete. */
  snapshot?(status: SnapshotStatus | null): void;
  /** Something a person should know of. */
  alert(code: SyncAlert, message: string): void;
}

/** The lease is renewed this often, and given up when renewing fails. */
const RENEW_EVERY_MS = 1_500;
/** An idle position is saved this often: so that it cannot age out of the oplog, and to notice a wiped Redis. */
const SAVE_IDLE_EVERY_MS = 1_000;

class PositionMovedError extends Error {
  override readonly name = 'PositionMovedError';
  override readonly message =
    'the capture position was moved, or removed, by somebody else: starting over from it';
}
class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/**
 * Mongo → `mongo_changes`.
 *
 *   hold the lease → read the position → (no position: snapshot) → change stream → captureChanges → publish
 *
 * Events and the position that lies behind them are published in one step, so a crash anywhere neither loses nor
 * doubles one. A publication is refused when somebody else has moved the position; then everything starts over.
 */
export class CaptureFlow {
  private mode: CaptureMode = 'stopped';
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private renewedAt = 0;
  private readonly backoff: Backoff;
  private readonly clock: Clock;
  /** Why the snapshot that is due is due. */
  private cause: SnapshotReason = 'resumed';
  private hadPosition = false;

  constructor(private readonly options: CaptureFlowOptions) {
    this.clock = options.clock ?? systemClock;
    this.backoff = new Backoff(50, 2_000, options.random);
  }

  get currentMode(): CaptureMode {
    return this.mode;
  }

  start(): void {
    this.running = this.run(this.stopping.signal);
  }

  /** Resolves when the batch at hand is published and the lease is free. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (await this.holdLease()) await this.capture(signal);
        else {
          this.setMode('standby');
          await this.pause(RENEW_EVERY_MS / 3, signal);
        }
      } catch (error) {
        await this.recover(error, signal);
      }
    }
    await this.options.lease.release().catch(() => undefined); // it expires by itself
    this.setMode('stopped');
  }

  private async capture(signal: AbortSignal): Promise<void> {
    await this.options.prepare();
    const known = await this.options.journal.position();
    let position = known ?? (await this.begin(null, this.hadPosition ? 'redis-wiped' : 'no-position'));
    this.hadPosition = true;
    if (position.snapshot) position = await this.snapshot(position, signal);
    if (signal.aborted) return;
    try {
      await this.stream(position, signal);
    } catch (error) {
      if (!(error instanceof HistoryLostError)) throw error;
      this.options.observer.alert(
        SyncAlert.HistoryLost,
        `the oplog no longer reaches back to the capture position: ${error.message}`,
      );
      await this.begin(position, 'history-lost');
    }
  }

  /** Notes where the feed is now, and that everything there is must be published from there on. */
  private async begin(expected: CapturePosition | null, cause: SnapshotReason): Promise<CapturePosition> {
    const first = this.options.entities[0];
    const feed = await this.options.feed.head();
    const next: CapturePosition = first
      ? { feed, snapshot: { entity: first.name, afterId: null } }
      : { feed };
    await this.publish(expected, next);
    this.cause = cause;
    return next;
  }

  /** Publishes all documents, entity by entity; the position says how far, so that a restart goes on from there. */
  private async snapshot(from: CapturePosition, signal: AbortSignal): Promise<CapturePosition> {
    this.setMode('snapshotting', this.cause);
    const progress = new SnapshotProgress(this.cause, this.clock.now());
    this.cause = 'resumed'; // unless it is completed now, the next one to go on with it resumes it
    let position = from;
    const names = this.options.entities.map(({ name }) => name);
    const start = Math.max(0, names.indexOf(from.snapshot?.entity ?? ''));
    for (const entity of this.options.entities.slice(start)) {
      const afterId = position.snapshot?.entity === entity.name ? position.snapshot.afterId : null;
      progress.enter(entity.name, (await this.options.estimate?.(entity, afterId)) ?? null);
      for await (const images of this.options.feed.snapshot(entity, afterId)) {
        if (signal.aborted) return position;
        await this.keepLease();
        await this.waitForRoom('snapshotting', signal);
        const snapshot = { entity: entity.name, afterId: images.at(-1)?.id ?? afterId };
        position = await this.publish(
          position,
          { feed: position.feed, snapshot },
          { changes: asChanges(entity, images) },
        );
        progress.advance(images.length);
        this.options.observer.snapshot?.(progress.status(this.clock.now()));
      }
    }
    const end = await this.publish(position, { feed: position.feed });
    this.options.observer.snapshot?.(null);
    return end;
  }

  private async stream(from: CapturePosition, signal: AbortSignal): Promise<void> {
    this.setMode('streaming');
    let position = from;
    let savedAt = this.clock.now();
    for await (const batch of this.options.feed.read(position.feed, signal)) {
      this.backoff.reset();
      await this.keepLease();
      await this.waitForRoom('streaming', signal);
      const idle = batch.changes.length === 0 && this.clock.now() - savedAt < SAVE_IDLE_EVERY_MS;
      if (idle) continue;
      position = await this.publish(position, { feed: batch.position }, batch);
      savedAt = this.clock.now();
    }
  }

  /** Publishes what the changes say together with the position behind them. */
  private async publish(
    expected: CapturePosition | null,
    next: CapturePosition,
    { changes, changedAt }: Pick<ChangeBatch, 'changes' | 'changedAt'> = { changes: [] },
  ): Promise<CapturePosition> {
    const result = await captureChanges({ changes, expected, next }, this.options);
    if (result.outcome === 'fenced') throw new PositionMovedError();
    this.options.observer.published(result.events, changedAt);
    return next;
  }

  private async holdLease(): Promise<boolean> {
    const held = await this.options.lease.hold();
    if (held) this.renewedAt = this.clock.now();
    return held;
  }

  private async keepLease(): Promise<void> {
    if (this.clock.now() - this.renewedAt < RENEW_EVERY_MS) return;
    if (!(await this.holdLease())) throw new LeaseLostError('another sync-service has taken over');
  }

  private async waitForRoom(mode: 'streaming' | 'snapshotting', signal: AbortSignal): Promise<void> {
    while (this.options.isFull() && !signal.aborted) {
      this.setMode('throttled', 'mongo_changes is at its cap');
      await this.pause(100, signal);
      await this.keepLease();
    }
    this.setMode(mode);
  }

  private async recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { observer } = this.options;
    if (error instanceof LeaseLostError) return;
    if (error instanceof PositionMovedError) observer.alert(SyncAlert.PositionMoved, error.message);
    else if (error instanceof SpoiledPositionError) observer.alert(SyncAlert.PositionSpoiled, error.message);
    else if (error instanceof StoreUnavailableError) this.setMode('waiting', error.message);
    else
      observer.alert(
        SyncAlert.CaptureFailed,
        `capture failed, trying again: ${error instanceof Error ? error.message : String(error)}`,
      );
    await this.pause(this.backoff.next(), signal);
  }

  /** Waits, or returns at once when `signal` aborts. */
  private async pause(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(ms, over);
      function over(): void {
        cancel();
        signal.removeEventListener('abort', over);
        resolve();
      }
      signal.addEventListener('abort', over);
    });
  }

  private setMode(mode: CaptureMode, reason?: string): void {
    if (mode === this.mode) return;
    this.mode = mode;
    this.options.observer.modeChanged(mode, reason);
  }
}

function asChanges(entity: EntityDefinition, images: readonly MongoImage[]): MongoChange[] {
  return images.map((image) => ({ kind: 'written', entity, image }));
}
