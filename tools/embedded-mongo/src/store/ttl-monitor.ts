import { deleteExpired } from './expiry.js';
import type { Store } from './store.js';

export class TtlMonitor {
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly store: Store,
    intervalMs: number,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.timer = setInterval(() => {
      // A full disk is met again at the next turn.
      this.run().catch(() => undefined);
    }, intervalMs);
    this.timer.unref();
  }

  /** Deletes what has expired by now and resolves to the number of documents. */
  async run(): Promise<number> {
    const workspace = this.store.begin();
    const deleted = deleteExpired(this.store.data.catalog, workspace, this.nowMs());
    await this.store.commit(workspace);
    return deleted;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
