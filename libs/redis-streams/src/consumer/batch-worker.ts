import type { EventEmitter } from 'node:events';
import { DeadLetterWriter, type DeadLetterReason } from '../dead-letters/dead-letter-writer.js';
import { replayedFor } from '../group-mark.js';
import { splitBySize } from '../split-by-size.js';
import type { StreamEntry } from '../stream-entry.js';
import type { ConsumerCounters } from './consumer-counters.js';
import type { ConsumerEvents } from './consumer-events.js';
import type { EntryFailure, HandlerResult, ResolvedConsumerOptions } from './consumer-options.js';
import { OwnerFailure } from './interruption.js';
import type { RetryShelf, ShelvedEntry } from './retry-shelf.js';

interface BatchWorkerContext {
  readonly options: ResolvedConsumerOptions;
  readonly shelf: RetryShelf;
  readonly counters: ConsumerCounters;
  readonly events: EventEmitter<ConsumerEvents>;
  readonly signal: AbortSignal;
  /** A batch went through the handler without an exception. */
  readonly onHandled: () => void;
}

/**
 * Takes batches through the handler to their end: acked, shelved for a retry, or dead-lettered.
 * Throws when the consumer as a whole has to pause or stop; what isn't acked by then stays pending.
 */
export class BatchWorker {
  private readonly deadLetters: DeadLetterWriter;
  /** Entries that were in the handler's hands during a failure which the process lived through. */
  private readonly survivors = new Set<string>();

  constructor(private readonly context: BatchWorkerContext) {
    const { commands, stream, group, deadLetterStream, deadLetterCounter } = context.options;
    this.deadLetters = new DeadLetterWriter(commands, {
      stream,
      group,
      dlq: deadLetterStream,
      counter: deadLetterCounter,
    });
  }

  survived(id: string): boolean {
    return this.survivors.has(id);
  }

  noteSurvivors(ids: readonly string[]): void {
    for (const id of ids) this.survivors.add(id);
  }

  /** All that was pending has been gone through. */
  forgetSurvivors(): void {
    this.survivors.clear();
  }

  async handle(entries: readonly StreamEntry[], attempt: number): Promise<void> {
    const own = await this.ownOf(entries);
    for (const part of splitBySize(own, this.context.options.maxBatchCharacters)) {
      await this.handlePart(part, attempt);
    }
  }

  /** Acks what was replayed for another group. */
  private async ownOf(entries: readonly StreamEntry[]): Promise<readonly StreamEntry[]> {
    const { group } = this.context.options;
    const isOwn = (entry: StreamEntry): boolean => (replayedFor(entry) ?? group) === group;
    if (entries.every(isOwn)) return entries;
    await this.ack(entries.filter((entry) => !isOwn(entry)));
    return entries.filter(isOwn);
  }

  /** One more try of a shelved entry; its dead letter when there are no tries left. */
  async retry({ entry, attempts, dueAt, ...shelved }: ShelvedEntry): Promise<void> {
    if (dueAt === null) {
      await this.deadLetter({ id: entry.id, attempts, ...shelved });
      return;
    }
    this.context.counters.retried += 1;
    await this.handlePart([entry], attempts + 1);
  }

  /** Dead-letters a pending entry; `gone` and `lost` ones are settled as well. */
  async deadLetter(reason: DeadLetterReason): Promise<void> {
    const { counters, events, shelf } = this.context;
    const outcome = await this.deadLetters.write(reason);
    shelf.remove(reason.id);
    switch (outcome.kind) {
      case 'moved': {
        counters.deadLettered += 1;
        const { id, attempts, error } = reason;
        events.emit('dead-lettered', { id, attempts, error, letterId: outcome.letterId });
        return;
      }
      case 'gone':
        counters.settledElsewhere += 1;
        return;
      case 'lost':
        this.reportLost([reason.id]);
    }
  }

  /** Acks entries whose data is gone, and says so. */
  async giveUp(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { commands, stream, group } = this.context.options;
    await commands.xack(stream, group, ...ids);
    this.reportLost(ids);
  }

  reportLost(ids: readonly string[], count = ids.length): void {
    if (count === 0) return;
    this.context.counters.lost += count;
    this.context.events.emit('lost', { count, ids });
  }

  private async handlePart(batch: readonly StreamEntry[], attempt: number): Promise<void> {
    const result = await this.callHandler(batch, attempt);
    if (result === 'isolate') {
      const half = batch.length >> 1;
      await this.handlePart(batch.slice(0, half), attempt);
      await this.handlePart(batch.slice(half), attempt);
      return;
    }
    if (this.context.signal.aborted) return; // out of time: left pending on purpose
    await this.settle(batch, result, attempt);
  }

  /** `isolate`: the batch as a whole is poisoned, and halving it will show which entry it is. */
  private async callHandler(
    batch: readonly StreamEntry[],
    attempt: number,
  ): Promise<HandlerResult | 'isolate'> {
    const { options, signal } = this.context;
    try {
      const result = await options.handler(batch, { signal, attempt });
      this.context.onHandled();
      return result;
    } catch (error) {
      const kind = signal.aborted ? 'transient' : options.classify(error);
      switch (kind) {
        case 'poison':
          return batch.length > 1 ? 'isolate' : { acked: false, failures: failuresOf(batch, error) };
        case 'transient':
        case 'fatal':
          this.noteSurvivors(batch.map(({ id }) => id));
          throw new OwnerFailure(kind, 'handler', error);
      }
    }
  }

  private async settle(batch: readonly StreamEntry[], result: HandlerResult, attempt: number): Promise<void> {
    const { counters, shelf, options } = this.context;
    const done = result.failures?.length ? this.shelve(batch, result.failures, attempt) : batch;
    if (!result.acked && done.length > 0) await this.ack(done);
    if (this.survivors.size > 0) for (const { id } of done) this.survivors.delete(id);
    if (shelf.size > 0) for (const { id } of done) shelf.remove(id);
    counters.handled += done.length;
    counters.lastHandledAt = options.clock.now();
  }

  private async ack(done: readonly StreamEntry[]): Promise<void> {
    const { commands, stream, group } = this.context.options;
    const ids = done.map(({ id }) => id);
    try {
      const acked = await commands.xack(stream, group, ...ids);
      this.context.counters.settledElsewhere += ids.length - acked;
    } catch (error) {
      this.noteSurvivors(ids);
      throw error;
    }
  }

  /** Returns the entries that did not fail. */
  private shelve(
    batch: readonly StreamEntry[],
    failures: readonly EntryFailure[],
    attempt: number,
  ): readonly StreamEntry[] {
    const { counters, events, shelf } = this.context;
    const failed = new Map(failures.map((failure) => [failure.id, failure]));
    counters.failed += failed.size;
    return batch.filter((entry) => {
      const failure = failed.get(entry.id);
      if (!failure) return true;
      const { error, retry = true, attempts: made = 1, retryDelaysMs: delaysMs } = failure;
      const attempts = attempt - 1 + made;
      shelf.put(entry, error, { retry, attempts, delaysMs });
      events.emit('entry-failed', { id: entry.id, attempts, error: failure.error });
      return false;
    });
  }
}

function failuresOf(batch: readonly StreamEntry[], error: unknown): EntryFailure[] {
  return batch.map(({ id }) => ({ id, error }));
}
