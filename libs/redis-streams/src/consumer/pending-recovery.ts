import { defineScript } from '../lua-script.js';
import type { StreamEntry } from '../stream-entry.js';
import type { BatchWorker } from './batch-worker.js';
import type { ConsumerCounters } from './consumer-counters.js';
import type { ResolvedConsumerOptions } from './consumer-options.js';
import { planRedelivery, type PendingEntry, type RedeliveryStep } from './redelivery-plan.js';

interface PendingRecoveryContext {
  readonly options: ResolvedConsumerOptions;
  readonly worker: BatchWorker;
  readonly counters: ConsumerCounters;
  /** Entries that this process has in hand already (shelved poison). */
  readonly inHand: (id: string) => boolean;
  readonly onReclaimed: (count: number) => void;
  /** True when the owner wants to pause or stop. */
  readonly interrupted: () => boolean;
  /** A chance for other work; recovery may go on for long. */
  readonly betweenPages: () => Promise<void>;
}

type PendingRow = [id: string, consumer: string, idleMs: number, deliveries: number];
type ClaimReply = [cursor: string, ids: string[], deletedIds?: string[]];
type EntryRow = [id: string, fields: string[] | null] | null;

const START = '0-0';

const lostScript = defineScript<number>({
  name: 'streams.count-lost',
  file: new URL('../lua/count-lost.lua', import.meta.url),
  numberOfKeys: 1,
});

/**
 * Tells what was trimmed away under the group, then handles everything that is pending for this consumer, then takes over what consumers that stopped
 * answering have left, the same way. Runs while nothing else reads or handles.
 *
 * A take-over only moves ownership (`JUSTID`, which doesn't count as a delivery); handing out and counting
 * is in one place, `redeliver`.
 */
export class PendingRecovery {
  constructor(private readonly context: PendingRecoveryContext) {}

  async run(): Promise<void> {
    const { commands, stream, group } = this.context.options;
    this.context.worker.reportLost([], await lostScript.run(commands, [stream], [group]));
    await this.redeliverOwn('-', '+');
    let cursor = START;
    do {
      if (this.context.interrupted()) return;
      cursor = await this.claimPage(cursor);
    } while (cursor !== START); // an empty page is not the end: the scan stops after a few fresh entries
    this.context.worker.forgetSurvivors();
  }

  private async claimPage(cursor: string): Promise<string> {
    const { commands, stream, group, consumer, minIdleMs, batchSize } = this.context.options;
    const [next, ids, deleted = []] = (await commands.xautoclaim(
      ...([stream, group, consumer, minIdleMs, cursor, 'COUNT', batchSize, 'JUSTID'] as const),
    )) as ClaimReply;
    this.context.worker.reportLost(deleted); // Redis has taken these off the pending list itself
    const foreign = ids.filter((id) => !this.context.inHand(id));
    const [first, last] = [foreign[0], foreign.at(-1)];
    if (first !== undefined && last !== undefined) {
      this.context.onReclaimed(foreign.length);
      await this.redeliverOwn(first, last);
    }
    return next;
  }

  /** Goes through the own pending entries from `start` to `end` (ids, `-` and `+` for open ends). */
  private async redeliverOwn(start: string, end: string): Promise<void> {
    const { commands, stream, group, consumer, batchSize } = this.context.options;
    for (let from = start; !this.context.interrupted();) {
      const rows = (await commands.xpending(stream, group, from, end, batchSize, consumer)) as PendingRow[];
      const pending = rows.map(([id, , , deliveries]) => ({ id, deliveries }));
      await this.redeliver(pending.filter(({ id }) => !this.context.inHand(id)));
      await this.context.betweenPages();
      const last = pending.at(-1);
      if (!last || rows.length < batchSize) return;
      from = `(${last.id}`;
    }
  }

  private async redeliver(pending: readonly PendingEntry[]): Promise<void> {
    const { worker, options } = this.context;
    const { maxDeliveries } = options;
    const plan = planRedelivery(pending, { maxDeliveries, survived: (id) => worker.survived(id) });
    for (const step of plan) {
      if (this.context.interrupted()) return;
      await this.take(step);
    }
  }

  private async take(step: RedeliveryStep): Promise<void> {
    const { worker, options } = this.context;
    const { clock, trials } = options;
    switch (step.kind) {
      case 'dead-letter': {
        const now = options.clock.now();
        const error = `handed out ${step.deliveries} times and never settled: its handler does not survive it`;
        const times = { firstFailedAt: now, lastFailedAt: now };
        await worker.deadLetter({ id: step.id, error, attempts: step.deliveries, ...times });
        return;
      }
      case 'trial':
        await trials.trial(clock, () => this.handOut([step.id], step.deliveries));
        return;
      case 'batch':
        await trials.work(clock, () => this.handOut(step.ids, step.deliveries));
    }
  }

  private async handOut(ids: readonly string[], deliveries: number): Promise<void> {
    const { worker, counters } = this.context;
    if (this.context.interrupted()) return; // while it waited for its turn
    const entries = await this.load(ids, deliveries).catch((error: unknown) => {
      worker.noteSurvivors(ids); // counted perhaps, but never in the handler's hands
      throw error;
    });
    counters.redelivered += entries.length;
    if (entries.length > 0) await worker.handle(entries, deliveries);
  }

  /** The data of own pending entries; sets their delivery counter and begins their idle time anew. */
  private async load(ids: readonly string[], deliveries: number): Promise<readonly StreamEntry[]> {
    const { commands, stream, group, consumer } = this.context.options;
    const rows = (await commands.xclaim(
      ...([stream, group, consumer, 0, ...ids, 'RETRYCOUNT', deliveries] as const),
    )) as EntryRow[];
    const entries = rows.flatMap((row) => (row?.[1] ? [{ id: row[0], fields: row[1] }] : []));
    if (entries.length < ids.length) await this.explainMissing(ids, entries);
    return entries;
  }

  /** No data: trimmed or deleted while pending (lost), or settled by another consumer just now (fine). */
  private async explainMissing(ids: readonly string[], found: readonly StreamEntry[]): Promise<void> {
    const { commands, stream } = this.context.options;
    const present = new Set(found.map(({ id }) => id));
    const lost: string[] = [];
    for (const id of ids) {
      if (present.has(id)) continue;
      if ((await commands.xrange(stream, id, id)).length === 0) lost.push(id);
    }
    await this.context.worker.giveUp(lost);
  }
}
