import type { AuditLog } from './audit-log.js';
import { pause } from './pause.js';

const DAY_MS = 86_400_000;

export interface RetentionRunnerOptions {
  /** Entries are kept this long after they were recorded. */
  readonly days: number;
  /** Between the ends and beginnings of runs; default one hour. */
  readonly everyMs?: number;
  readonly now?: () => number;
  readonly onRemoved?: (count: number) => void;
  /** A run that failed; the next one tries again. */
  readonly onError?: (error: unknown) => void;
}

/** Removes old entries now and then. Several processes may each run one: removing twice removes once. */
export class RetentionRunner {
  #stopping: AbortController | undefined;
  #done: Promise<void> = Promise.resolve();

  constructor(
    private readonly log: Pick<AuditLog, 'retention'>,
    private readonly options: RetentionRunnerOptions,
  ) {}

  /** The first run starts at once. */
  start(): void {
    if (this.#stopping) return;
    this.#stopping = new AbortController();
    this.#done = this.#run(this.#stopping.signal);
  }

  /** Resolves when the run under way has ended, after its present step. */
  async stop(): Promise<void> {
    this.#stopping?.abort();
    await this.#done;
    this.#stopping = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { days, everyMs = 3_600_000, now = Date.now, onRemoved, onError } = this.options;
    while (!signal.aborted) {
      try {
        const removed = await this.log.retention({ olderThan: Math.max(0, now() - days * DAY_MS), signal });
        if (removed > 0) onRemoved?.(removed);
      } catch (error) {
        onError?.(error);
      }
      await pause(everyMs, signal);
    }
  }
}
