import type { Redis } from 'ioredis';
import { systemClock, type Clock } from './clock.js';
import { defineScript } from './lua-script.js';

export interface TrimReport {
  readonly removed: number;
  /** Entries below this id are needed by no group; null: no group, nothing trimmed. */
  readonly floor: string | null;
  readonly length: number;
  /** `length` is above `maxLength`, and nothing more may be trimmed. */
  readonly overfull: boolean;
}

export interface StreamTrimmerOptions {
  readonly commands: Redis;
  readonly stream: string;
  /** Default 5000 ms. */
  readonly everyMs?: number;
  /** Hard cap. Beyond it the producers have to slow down: unacked entries are never trimmed. */
  readonly maxLength?: number;
  /** Entries kept while no group is there. Default: all. */
  readonly keepWithoutGroup?: number;
  /** Called when the cap is passed (true) and when the length is back below it (false). */
  readonly onPressure?: (overfull: boolean, report: TrimReport) => void;
  readonly onError?: (error: unknown) => void;
  readonly clock?: Clock;
}

/** Entries removed per script call; a call holds Redis for about 1 ms per 10,000. */
const CHUNK = 10_000;

const trimScript = defineScript<readonly [removed: number, floor: string, length: number]>({
  name: 'streams.trim',
  file: new URL('./lua/trim.lua', import.meta.url),
  numberOfKeys: 1,
});

/**
 * Keeps a stream short without losing an entry. `MAXLEN` doesn't know consumer groups and drops entries
 * nobody has read; this trims by `MINID` to what every group has acked, and only whole nodes (about a
 * hundred entries stay). A cap that unacked entries exceed becomes a signal, never a loss.
 */
export class StreamTrimmer {
  private cancelTimer: () => void = () => undefined;
  private running: Promise<TrimReport> | undefined;
  private overfull = false;
  private stopped = true;
  private readonly clock: Clock;

  constructor(private readonly options: StreamTrimmerOptions) {
    this.clock = options.clock ?? systemClock;
  }

  start(): void {
    this.stopped = false;
    this.schedule();
  }

  /** Resolves when no trim is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelTimer();
    await this.running?.catch(() => undefined);
  }

  /** Trims now. Calls at the same time share one run. */
  trim(): Promise<TrimReport> {
    this.running ??= this.trimOnce().finally(() => (this.running = undefined));
    return this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.cancelTimer = this.clock.after(this.options.everyMs ?? 5_000, () => {
      this.trim()
        .catch((error: unknown) => this.options.onError?.(error))
        .finally(() => this.schedule());
    });
  }

  private async trimOnce(): Promise<TrimReport> {
    const { commands, stream, maxLength = Infinity, keepWithoutGroup = 0 } = this.options;
    let removed = 0;
    for (;;) {
      const [chunk, floor, length] = await trimScript.run(commands, [stream], [CHUNK, keepWithoutGroup]);
      removed += chunk;
      if (chunk > 0) continue;
      const report = { removed, floor: floor || null, length, overfull: length > maxLength };
      this.tellPressure(report);
      return report;
    }
  }

  private tellPressure(report: TrimReport): void {
    if (report.overfull === this.overfull) return;
    this.overfull = report.overfull;
    this.options.onPressure?.(report.overfull, report);
  }
}
