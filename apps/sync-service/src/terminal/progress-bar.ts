/** Where a command shows how far it is. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Progress {
  readonly done: number;
  /** 0 to 1; null: unknown. */
  readonly fraction: number | null;
  /** Per second. */
  readonly rate: number;
  readonly etaSeconds: number | null;
  readonly note?: string;
}

const WIDTH = 24;
/** Where lines cannot be rewritten (a log, a pipe), one is written this often, ms. */
const LINE_EVERY_MS = 5_000;

/** One line that is rewritten on a terminal; elsewhere a line every few seconds. */
export class ProgressBar {
  private lastLineAt = 0;
  private shown = false;

  constructor(
    private readonly out: Terminal,
    private readonly now: () => number = Date.now,
  ) {}

  show(progress: Progress): void {
    const line = lineOf(progress);
    if (this.out.isTTY) {
      this.out.write(`\r\x1b[2K${line}`);
      this.shown = true;
    } else if (this.now() - this.lastLineAt >= LINE_EVERY_MS) {
      this.lastLineAt = this.now();
      this.out.write(`${line}\n`);
    }
  }

  /** Takes the line away, so that something else can be printed. */
  clear(): void {
    if (this.shown) this.out.write('\r\x1b[2K');
    this.shown = false;
  }
}

export function lineOf({ done, fraction, rate, etaSeconds, note }: Progress): string {
  const full = fraction === null ? 0 : Math.round(Math.min(1, Math.max(0, fraction)) * WIDTH);
  const bar =
    fraction === null ? '' : `[${'█'.repeat(full)}${'·'.repeat(WIDTH - full)}] ${percent(fraction)}  `;
  const eta = etaSeconds === null ? '' : `  ${durationText(etaSeconds)} left`;
  return `${bar}${grouped(done)} records  ${grouped(rate)}/s${eta}${note ? `  ${note}` : ''}`;
}

export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function percent(fraction: number): string {
  return `${Math.floor(Math.min(1, fraction) * 100)} %`.padStart(5);
}

export function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}
