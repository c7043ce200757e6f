import { systemClock, type Clock } from '../clock.js';
import type { DeadLetters } from './dead-letters.js';

export interface DeadLetterKeeperOptions {
  readonly letters: Pick<DeadLetters, 'size' | 'cleanUp'>;
  /** `onAlert` is called when there are this many, or more. Default 100. */
  readonly alertAt?: number;
  /** Called once when the number is reached (true), and once when it is below again (false). */
  readonly onAlert?: (raised: boolean, size: number) => void;
  /** 7 to 30. Default 30. */
  readonly retentionDays?: number;
  /** How often to look. Default 60 s. */
  readonly everyMs?: number;
  readonly onError?: (error: unknown) => void;
  readonly clock?: Clock;
}

/** Watches the dead letters of a stream: raises the alarm when they pile up, removes the old ones. */
export class DeadLetterKeeper {
  private raised = false;
  private stopped = true;
  private cancel: () => void = () => undefined;
  private readonly clock: Clock;

  constructor(private readonly options: DeadLetterKeeperOptions) {
    this.clock = options.clock ?? systemClock;
  }

  start(): void {
    this.stopped = false;
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  /** Looks now. */
  async check(): Promise<void> {
    const { letters, alertAt = 100, retentionDays, onAlert } = this.options;
    await letters.cleanUp(retentionDays === undefined ? {} : { days: retentionDays });
    const size = await letters.size();
    const raised = size >= alertAt;
    if (raised === this.raised) return;
    this.raised = raised;
    onAlert?.(raised, size);
  }

  private schedule(): void {
    if (this.stopped) return;
    this.cancel = this.clock.after(this.options.everyMs ?? 60_000, () => {
      void this.check()
        .catch((error: unknown) => this.options.onError?.(error))
        .finally(() => this.schedule());
    });
  }
}
