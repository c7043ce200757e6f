import { EventEmitter } from 'node:events';
import type { StreamEntry } from '../stream-entry.js';
import { BatchWorker } from './batch-worker.js';
import { BlockingReader } from './blocking-reader.js';
import { CircuitBreaker, type BreakerSnapshot, type FailureSource } from './circuit-breaker.js';
import { newCounters, type ConsumerCounters } from './consumer-counters.js';
import type { ConsumerEvents } from './consumer-events.js';
import { ConsumerGroup } from './consumer-group.js';
import { NEXT_MODES, type ConsumerMode } from './consumer-mode.js';
import {
  resolveOptions,
  type ResolvedConsumerOptions,
  type StreamConsumerOptions,
} from './consumer-options.js';
import { interruptionOf } from './interruption.js';
import { PendingRecovery } from './pending-recovery.js';
import { RetryShelf } from './retry-shelf.js';
import { Slots } from './slots.js';
import { WakeUp } from './wake-up.js';

interface FatalEnd {
  readonly kind: 'fatal';
  readonly error: unknown;
}
export type ConsumerEnd = { readonly kind: 'stopped' } | FatalEnd;

/** `abandoned`: the deadline came first; what was in hand stays pending and comes again. */
export type StopOutcome = 'drained' | 'abandoned';

export interface ConsumerSnapshot extends Readonly<ConsumerCounters> {
  readonly mode: ConsumerMode;
  readonly breaker: BreakerSnapshot;
  /** Poison entries waiting for a retry. */
  readonly shelved: number;
  readonly reconnects: number;
}

/**
 * Reads one consumer group of one stream and hands its entries, in batches, to a handler: at least once,
 * in order, one batch at a time with the next read already in flight.
 *
 *     starting → recovering → tailing → … (see ConsumerMode)
 *                    ↑   ↘      ↓
 *                    └──── paused        any mode → draining → stopped
 *
 * One loop does it all, so that nothing runs beside it but reads. Whatever goes wrong – a store is down, a
 * connection is cut, the group is gone – ends the present session; nothing is kept in memory over it. The
 * next session begins with what Redis says is pending for us, which is everything unfinished, in order.
 *
 * The earlier design kept failed and prefetched batches in memory and repeated them: after a long outage
 * it worked on entries that others had taken over, and a cut reply left entries nobody looked at.
 */
export class StreamConsumer extends EventEmitter<ConsumerEvents> {
  private currentMode: ConsumerMode = 'starting';
  private readonly options: ResolvedConsumerOptions;
  private readonly counters = newCounters();
  private readonly wakeUp = new WakeUp();
  private readonly aborter = new AbortController();
  private readonly breaker: CircuitBreaker;
  private readonly group: ConsumerGroup;
  private readonly reader: BlockingReader;
  private readonly shelf: RetryShelf;
  private readonly worker: BatchWorker;
  private readonly recovery: PendingRecovery;
  private run: Promise<ConsumerEnd> | undefined;
  private stopping = false;
  private pauseWanted = false;
  private recheckWanted = false;
  private cancelRecheck: () => void = () => undefined;

  constructor(options: StreamConsumerOptions) {
    super();
    const resolved = resolveOptions(options);
    const { clock } = resolved;
    this.options = resolved;
    this.breaker = new CircuitBreaker(resolved.breaker, clock, resolved.random);
    this.group = new ConsumerGroup(resolved);
    this.reader = new BlockingReader(
      {
        ...resolved,
        count: resolved.batchSize,
        graceMs: resolved.watchdogGraceMs,
        open: resolved.openBlocking,
      },
      clock,
    );
    this.shelf = new RetryShelf(resolved.retryDelaysMs, clock, () => this.wakeUp.call());
    const shared = { options: resolved, counters: this.counters };
    this.worker = new BatchWorker({
      ...shared,
      shelf: this.shelf,
      events: this,
      signal: this.aborter.signal,
      onHandled: () => this.succeeded('handler'),
    });
    this.recovery = new PendingRecovery({
      ...shared,
      worker: this.worker,
      inHand: (id) => this.shelf.has(id),
      onReclaimed: (count) => this.reclaimed(count),
      interrupted: () => this.interrupted(),
      betweenPages: () => this.serveShelf(),
    });
  }

  get mode(): ConsumerMode {
    return this.currentMode;
  }

  /** Begins; outcomes come as events. Returns when the consumer ends: `stop()`, or a fatal failure. */
  start(): Promise<ConsumerEnd> {
    return (this.run ??= this.live());
  }

  /** Finishes what is in hand and reads no more until `resume()`. Mode `paused` tells when. */
  pause(): void {
    this.pauseWanted = true;
    this.wakeUp.call();
  }

  resume(): void {
    this.pauseWanted = false;
    this.wakeUp.call();
  }

  /**
   * Resolves when what is in hand is acked or, after `deadlineMs`, left pending on purpose, and the reading
   * connection is closed. Shelved poison is left pending as well.
   */
  async stop({ deadlineMs }: { readonly deadlineMs: number }): Promise<StopOutcome> {
    this.stopping = true;
    this.setMode('draining');
    this.wakeUp.call();
    let cancel: () => void = () => undefined;
    const deadline = new Promise<StopOutcome>((resolve) => {
      cancel = this.options.clock.after(deadlineMs, () => resolve('abandoned'));
    });
    const outcome = await Promise.race([
      deadline,
      (this.run ?? Promise.resolve()).then(() => 'drained' as const),
    ]);
    cancel();
    if (outcome === 'abandoned') this.aborter.abort();
    this.close();
    return outcome;
  }

  snapshot(): ConsumerSnapshot {
    return {
      ...this.counters,
      mode: this.currentMode,
      breaker: this.breaker.snapshot(),
      shelved: this.shelf.size,
      reconnects: this.reader.reconnects,
    };
  }

  private async live(): Promise<ConsumerEnd> {
    let end: FatalEnd | undefined;
    this.scheduleRecheck();
    while (!this.stopping && !end) {
      if (this.pauseWanted) {
        await this.rest();
        continue;
      }
      try {
        await this.session();
      } catch (error) {
        void this.reader.unblock(this.options.commands);
        await this.reader.settle();
        end = await this.recoverFrom(error);
      }
    }
    if (end) this.emit('fatal', end);
    this.close();
    return end ?? { kind: 'stopped' };
  }

  /** From a known group to the next interruption. */
  private async session(): Promise<void> {
    const ensured = await this.group.ensure();
    if (ensured.kind === 'created') {
      this.counters.groupCreations += 1;
      this.emit('group-created', { startId: ensured.startId });
    }
    this.setMode('recovering');
    while (!this.interrupted()) {
      this.recheckWanted = false;
      await this.recovery.run();
      if (this.interrupted()) return;
      this.setMode('tailing');
      await this.tail();
    }
  }

  /** Handles new entries until somebody interrupts or a recheck is due; leaves nothing in hand. */
  private async tail(): Promise<void> {
    const slots = new Slots(this.options.maxInFlightBatches);
    try {
      let reading = this.reader.read();
      while (!this.leavingTail()) {
        const entries = await Promise.race([reading, this.wakeUp.wait()]);
        await slots.free();
        if (this.shelf.due().length > 0 || this.shelfIsFull()) {
          await slots.idle();
          await this.serveShelf();
        }
        if (this.leavingTail()) break;
        if (!entries) continue;
        this.noteRead(entries);
        reading = this.reader.read(); // before the handler begins: Redis works while we do
        if (entries.length > 0) slots.start(() => this.handleNew(entries));
      }
      void this.reader.unblock(this.options.commands);
      const rest = await reading;
      this.noteRead(rest);
      await slots.free();
      if (rest.length > 0) slots.start(() => this.handleNew(rest));
    } finally {
      await slots.idle();
    }
  }

  private handleNew(entries: readonly StreamEntry[]): Promise<void> {
    const { trials, clock } = this.options;
    return trials.work(clock, () => this.worker.handle(entries, 1));
  }

  /** Tries what is due on the shelf, and waits while the shelf is full. */
  private async serveShelf(): Promise<void> {
    for (;;) {
      for (const shelved of this.shelf.due()) {
        if (this.interrupted()) return;
        const { trials, clock } = this.options;
        await trials.work(clock, () => this.worker.retry(shelved));
      }
      if (this.interrupted() || !this.shelfIsFull()) return;
      if (this.shelf.due().length === 0) await this.wakeUp.wait();
    }
  }

  /** Waits out what ended a session; an answer means that there won't be another one. */
  private async recoverFrom(error: unknown): Promise<FatalEnd | undefined> {
    const interruption = interruptionOf(error);
    switch (interruption.kind) {
      case 'fatal':
        return { kind: 'fatal', error: interruption.error };
      case 'group-lost':
        this.group.forget();
        this.counters.groupLosses += 1;
        this.emit('group-lost', { error });
        await this.backOff('redis', error);
        return undefined;
      case 'transient':
        await this.backOff(interruption.source, interruption.error);
        return undefined;
    }
  }

  private async backOff(source: FailureSource, error: unknown): Promise<void> {
    this.counters.interruptions += 1;
    const waitMs = this.breaker.fail(source);
    this.setMode('paused');
    this.emit('breaker', { ...this.breaker.snapshot(), waitMs, error });
    let over = false;
    const cancel = this.options.clock.after(waitMs, () => {
      over = true;
      this.wakeUp.call();
    });
    while (!over && !this.stopping) await this.wakeUp.wait();
    cancel();
    this.breaker.probe();
    this.emit('breaker', { ...this.breaker.snapshot(), waitMs: null });
  }

  private async rest(): Promise<void> {
    this.setMode('paused');
    while (this.pauseWanted && !this.stopping) await this.wakeUp.wait();
  }

  private interrupted(): boolean {
    return this.stopping || this.pauseWanted;
  }

  private leavingTail(): boolean {
    return this.interrupted() || this.recheckWanted;
  }

  private shelfIsFull(): boolean {
    return this.shelf.size >= this.options.maxShelved;
  }

  private noteRead(entries: readonly StreamEntry[]): void {
    this.counters.delivered += entries.length;
    this.counters.lastReadAt = this.options.clock.now();
    this.succeeded('redis');
  }

  private reclaimed(count: number): void {
    this.counters.reclaimed += count;
    this.emit('reclaimed', { count });
  }

  private succeeded(source: FailureSource): void {
    if (this.breaker.succeed(source)) this.emit('breaker', { ...this.breaker.snapshot(), waitMs: null });
  }

  private scheduleRecheck(): void {
    this.cancelRecheck = this.options.clock.after(this.options.reclaimEveryMs, () => {
      this.recheckWanted = true;
      this.wakeUp.call();
      this.scheduleRecheck();
    });
  }

  /** The one place where the mode changes; what the table doesn't allow (after `stop()`) is no change. */
  private setMode(to: ConsumerMode): void {
    const from = this.currentMode;
    if (!NEXT_MODES[from].includes(to)) return;
    this.currentMode = to;
    this.emit('mode', { from, to });
  }

  private close(): void {
    this.cancelRecheck();
    this.shelf.close();
    this.reader.close();
    this.setMode('stopped');
  }
}
