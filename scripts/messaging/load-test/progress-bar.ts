const WIDTH = 30;
const EVERY_MS = 100;
const PLAIN_EVERY_MS = 5_000;

/** One line that grows, on a terminal; elsewhere a line now and then. */
export class ProgressBar {
  private shownAt = 0;

  constructor(
    private readonly label: string,
    private readonly total: number,
    private readonly out: NodeJS.WriteStream = process.stdout,
  ) {}

  show(done: number, more = ''): void {
    const now = performance.now();
    const last = done >= this.total;
    if (!last && now - this.shownAt < (this.out.isTTY ? EVERY_MS : PLAIN_EVERY_MS)) return;
    this.shownAt = now;
    const share = this.total === 0 ? 1 : done / this.total;
    const full = Math.round(share * WIDTH);
    const bar = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`;
    const line = `${this.label} ${bar} ${done}/${this.total}  ${more}`;
    this.out.write(this.out.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
  }

  /** Leaves the line. */
  end(): void {
    if (this.out.isTTY) this.out.write('\n');
  }
}
