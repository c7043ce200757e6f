import { settledBy } from './sync-status.js';
import type { ChaosWorld } from './chaos-world.js';

/** How the sync-services share the apply work: entries per process and direction, added up over restarts. */
export class Sharing {
  private readonly last = new Map<string, number>();
  readonly totals: Record<string, Record<string, number>> = { 'sync-a': {}, 'sync-b': {} };

  async sample(world: ChaosWorld): Promise<void> {
    for (const id of ['sync-a', 'sync-b'] as const) {
      const counts = await settledBy(world.services[id].url);
      for (const [direction, count] of Object.entries(counts)) {
        const before = this.last.get(`${id} ${direction}`) ?? 0;
        const more = count >= before ? count - before : count; // a process that was restarted counts from 0
        const row = (this.totals[id] ??= {});
        row[direction] = (row[direction] ?? 0) + more;
        this.last.set(`${id} ${direction}`, count);
      }
    }
  }
}
