import { ProgressBar, type Terminal } from '../../terminal/progress-bar.js';

/** What takes less is not spoken of. */
const SILENT_MS = 2_000;

/** Shows how far long scans are. */
export class ScanProgress {
  private readonly bar: ProgressBar;
  private readonly startedAt = new Map<string, number>();

  constructor(out: Terminal) {
    this.bar = new ProgressBar(out);
  }

  /** @param total null: nobody knows */
  readonly show = (what: string, done: number, total: number | null): void => {
    const started = this.startedAt.get(what) ?? Date.now();
    this.startedAt.set(what, started);
    const seconds = Math.max((Date.now() - started) / 1000, 0.001);
    const rate = Math.round(done / seconds);
    const fraction = total === null || total === 0 ? null : Math.min(1, done / total);
    const etaSeconds = fraction === null || rate === 0 || seconds < 1 ? null : ((total ?? 0) - done) / rate;
    if (Date.now() - started < SILENT_MS) return;
    this.bar.show({ done, fraction, rate, etaSeconds: etaSeconds && Math.max(0, etaSeconds), note: what });
  };

  clear(): void {
    this.bar.clear();
  }
}
