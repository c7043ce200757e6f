/**
 * Why everything is published:
 * - `no-position`: the very first start, or a Redis that holds nothing of the sync;
 * - `redis-wiped`: Redis lost the position while this process was at work;
 * - `history-lost`: the oplog no longer reached back to the position;
 * - `resumed`: another process, or this one before its restart, had begun.
 */
export type SnapshotReason = 'no-position' | 'redis-wiped' | 'history-lost' | 'resumed';

/** How far a snapshot is. */
export interface SnapshotStatus {
  readonly reason: SnapshotReason;
  /** Epoch ms at which this process began, or went on, with it. */
  readonly since: number;
  readonly entity: string;
  /** Documents published by this process. */
  readonly done: number;
  /** Documents there were to publish, about, when it began; null: not known yet. */
  readonly total: number | null;
  /** Documents per second. */
  readonly rate: number;
  /** Seconds, about; null: not known. */
  readonly etaSeconds: number | null;
}

/** Counts along with a snapshot. */
export class SnapshotProgress {
  private entity = '';
  private done = 0;
  private total: number | null = null;

  constructor(
    private readonly reason: SnapshotReason,
    private readonly since: number,
  ) {}

  enter(entity: string, documents: number | null): void {
    this.entity = entity;
    if (documents !== null) this.total = (this.total ?? 0) + documents;
  }

  advance(documents: number): void {
    this.done += documents;
  }

  status(now: number): SnapshotStatus {
    const { reason, since, entity, done, total } = this;
    const seconds = (now - since) / 1000;
    const rate = seconds > 0 ? Math.round(done / seconds) : 0;
    const left = total === null ? null : Math.max(0, total - done);
    const etaSeconds = left === null || rate === 0 ? null : Math.ceil(left / rate);
    return { reason, since, entity, done, total, rate, etaSeconds };
  }
}
