import { backOffMs, pause, systemClock, type Clock } from '@redis-mongo-sync/redis-streams';
import { HistoryLostError, SyncAlert, type CapturePosition } from '@redis-mongo-sync/sync-core';
import { captureFailureOf } from '../capture/capture-failure.js';
import type { CaptureMode } from '../capture/capture-observer.js';
import type { CaptureFlowOptions } from '../capture/capture-options.js';
import { LeaseKeeper, RENEW_EVERY_MS } from '../capture/lease-keeper.js';
import { publishBatch, type Publication } from '../capture/publish-batch.js';
import { takeSnapshot } from '../capture/snapshot.js';
import type { SnapshotReason } from '../capture/snapshot-progress.js';

/** An idle position is saved this often: so that it cannot age out of the oplog, and to notice a wiped Redis. */
const SAVE_IDLE_EVERY_MS = 1_000;
const ROOM_POLL_MS = 100;

/**
 * Mongo → `mongo_changes`.
 *
 *   hold the lease → read the position → (no position: snapshot) → change stream → captureChanges → publish
 *
 * Events and the position that lies behind them are published in one step, so a crash anywhere neither loses nor
 * doubles one. A publication is refused when another process has moved the position; then everything starts over.
 */
export class CaptureFlow {
  private mode: CaptureMode = 'stopped';
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private readonly clock: Clock;
  private readonly lease: LeaseKeeper;
  /** Why the snapshot that is due is due. */
  private cause: SnapshotReason = 'resumed';
  private hadPosition = false;
  /** Failures since the change stream answered last. */
  private failures = 0;

  constructor(private readonly options: CaptureFlowOptions) {
    this.clock = options.clock ?? systemClock;
    this.lease = new LeaseKeeper(options.lease, this.clock);
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
        if (await this.lease.hold()) await this.capture(signal);
        else {
          this.setMode('standby');
          await this.pause(RENEW_EVERY_MS / 3, signal);
        }
      } catch (error) {
        await this.recover(error, signal);
      }
    }
    await this.lease.release();
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
      const message = `the oplog no longer reaches back to the capture position: ${error.message}`;
      this.options.observer.alert(SyncAlert.HistoryLost, message);
      await this.begin(position, 'history-lost');
    }
  }

  /** Notes where the feed is now, and that everything there is must be published from there on. */
  private async begin(expected: CapturePosition | null, cause: SnapshotReason): Promise<CapturePosition> {
    const [first] = this.options.entities;
    const feed = await this.options.feed.head();
    const next = first ? { feed, snapshot: { entity: first.name, afterId: null } } : { feed };
    await this.publish({ expected, next });
    this.cause = cause;
    return next;
  }

  private snapshot(from: CapturePosition, signal: AbortSignal): Promise<CapturePosition> {
    const reason = this.cause;
    this.setMode('snapshotting', reason);
    this.cause = 'resumed'; // unless it is completed now, the next one to go on with it resumes it
    return takeSnapshot(from, {
      ...this.options,
      reason,
      clock: this.clock,
      signal,
      ready: () => this.ready('snapshotting', signal),
      publish: (publication) => this.publish(publication),
    });
  }

  private async stream(from: CapturePosition, signal: AbortSignal): Promise<void> {
    this.setMode('streaming');
    let position = from;
    let savedAt = this.clock.now();
    for await (const batch of this.options.feed.read(position.feed, signal)) {
      this.failures = 0;
      await this.ready('streaming', signal);
      const idle = batch.changes.length === 0 && this.clock.now() - savedAt < SAVE_IDLE_EVERY_MS;
      if (idle) continue;
      position = await this.publish({ expected: position, next: { feed: batch.position }, ...batch });
      savedAt = this.clock.now();
    }
  }

  private publish(publication: Publication): Promise<CapturePosition> {
    return publishBatch(publication, this.options);
  }

  /** Resolves when the lease is held and the stream has room. */
  private async ready(mode: 'streaming' | 'snapshotting', signal: AbortSignal): Promise<void> {
    await this.lease.keep();
    while (this.options.isFull() && !signal.aborted) {
      this.setMode('throttled', 'mongo_changes is at its cap');
      await this.pause(ROOM_POLL_MS, signal);
      await this.lease.keep();
    }
    this.setMode(mode);
  }

  private async recover(error: unknown, signal: AbortSignal): Promise<void> {
    const failure = captureFailureOf(error);
    switch (failure.kind) {
      case 'deposed':
        return;
      case 'store-unavailable':
        this.setMode('waiting', failure.reason);
        break;
      case 'alert':
        this.options.observer.alert(failure.code, failure.message);
    }
    this.failures += 1;
    const { random = Math.random } = this.options;
    await this.pause(backOffMs(this.failures, { random }), signal);
  }

  private pause(ms: number, signal: AbortSignal): Promise<void> {
    return pause(ms, { signal, clock: this.clock });
  }

  private setMode(mode: CaptureMode, reason?: string): void {
    if (mode === this.mode) return;
    this.mode = mode;
    this.options.observer.modeChanged(mode, reason);
  }
}
