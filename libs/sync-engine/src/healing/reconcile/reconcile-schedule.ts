import type { ReconcileRequest } from '@redis-mongo-sync/sync-core';
import type { RunView } from './run-view.js';

interface ReconcileScheduleOptions {
  /** 0: never. */
  readonly everyMs: number;
  /** Whether it is this process's turn: only one of several sync-services looks. */
  readonly isOurs: () => boolean;
  readonly start: () => RunView | null;
}

/** Looks at a random sample from time to time. */
export class ReconcileSchedule {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ReconcileScheduleOptions) {}

  start(): void {
    const { everyMs, isOurs, start } = this.options;
    if (everyMs === 0) return;
    this.timer = setInterval(() => {
      if (isOurs()) start();
    }, everyMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** A look at random records that changes nothing. */
export function sampleOf(entity: string, sample: number): ReconcileRequest {
  return { entity, mode: 'sample', sample, depth: 'content', repair: false, extra: 'emit', rate: 0 };
}
