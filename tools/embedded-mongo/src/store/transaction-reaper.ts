import type { Data } from './data.js';

const CHECK_EVERY_MS = 250;

/** Aborts transactions that have been open for too long: others may be waiting for what they hold. */
export class TransactionReaper {
  private readonly timer: NodeJS.Timeout;

  constructor(data: Data, lifetimeMs: number) {
    this.timer = setInterval(() => {
      const limit = performance.now() - lifetimeMs;
      for (const transaction of [...data.transactions]) {
        if (transaction.startedAt < limit) transaction.end('aborted');
      }
    }, CHECK_EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
