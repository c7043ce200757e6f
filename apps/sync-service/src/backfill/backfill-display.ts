import type { BackfillStep, BackfillSummary } from '@redis-mongo-sync/sync-engine';
import { grouped, ProgressBar, type Progress, type Terminal } from '../terminal/progress-bar.js';

/** Shows how far a backfill is. */
export class BackfillDisplay {
  private readonly bar: ProgressBar;
  private readonly startedAt = Date.now();
  private startedBehind = 0;
  private waiting: string | null = null;
  private last: readonly [BackfillStep, BackfillSummary] | null = null;

  constructor(out: Terminal) {
    this.bar = new ProgressBar(out);
  }

  /** The run goes on behind so many records, which say nothing of its pace. */
  startBehind(records: number): void {
    this.startedBehind = records;
  }

  step(step: BackfillStep, summary: BackfillSummary): void {
    this.last = [step, summary];
    this.show();
  }

  /** The stream is full, with so many entries; null: there is room again. */
  wait(stream: string, length: number | null): void {
    this.waiting = length === null ? null : `waiting: ${grouped(length)} entries in ${stream}`;
    this.show();
  }

  clear(): void {
    this.bar.clear();
  }

  private show(): void {
    if (this.last) this.bar.show(this.progressOf(...this.last));
  }

  private progressOf({ fraction }: BackfillStep, { records }: BackfillSummary): Progress {
    const seconds = (Date.now() - this.startedAt) / 1000;
    const rate = seconds > 0 ? Math.round((records - this.startedBehind) / seconds) : 0;
    const total = fraction !== null && fraction > 0 ? records / fraction : null;
    const etaSeconds = total === null || rate === 0 ? null : Math.ceil((total - records) / rate);
    return {
      done: records,
      fraction,
      rate,
      etaSeconds,
      ...(this.waiting === null ? {} : { note: this.waiting }),
    };
  }
}
