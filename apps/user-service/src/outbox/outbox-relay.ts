import { setTimeout as delay } from 'node:timers/promises';
import type { OutboxEvent } from './outbox.js';

/** Where events wait; see `Outbox`. */
export interface EventSource {
  oldest(limit: number): Promise<readonly OutboxEvent[]>;
  remove(ids: readonly string[]): Promise<void>;
}

export interface OutboxRelayOptions {
  readonly outbox: EventSource;
  /** Publishes events in this order. Must accept an event id once only: events come again after a crash. */
  readonly publish: (events: readonly OutboxEvent[]) => Promise<unknown>;
  /** Told of the first failure of an outage, and of its end. */
  readonly onChange?: (state: RelayState, error?: unknown) => void;
  /** Most events per round. Default 100. */
  readonly batchSize?: number;
  /** How often to look without being kicked, ms: for what another process left. Default 1,000. */
  readonly pollMs?: number;
}

export type RelayState = 'delivering' | 'waiting';

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5_000;

/**
 * Carries events from the outbox to their stream: publishes in order, then removes. A crash in between publishes them
 * again, which the stream takes for what it is. Several relays at once do the same work twice, and no harm.
 *
 * Modes: idle until {@link kick} or the next poll → delivering until the outbox is empty → waiting (100 ms doubling to
 * 5 s) while a store is down → delivering. {@link stop} ends it after the round that is under way.
 */
export class OutboxRelay {
  private readonly stopped = new AbortController();
  private wake = new AbortController();
  private running: Promise<void> | undefined;
  private kicked = false;
  private failures = 0;

  constructor(private readonly options: OutboxRelayOptions) {}

  get state(): RelayState {
    return this.failures === 0 ? 'delivering' : 'waiting';
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Something was added: look now. */
  kick(): void {
    this.kicked = true;
    if (this.failures === 0) this.wake.abort();
  }

  /** Resolves when the round under way has ended. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.wake.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      this.kicked = false;
      const more = await this.round();
      if (!more) await this.pause();
    }
  }

  /** @returns whether there may be more at once */
  private async round(): Promise<boolean> {
    const { outbox, publish, batchSize = 100 } = this.options;
    try {
      const events = await outbox.oldest(batchSize);
      if (events.length > 0) {
        await publish(events);
        await outbox.remove(events.map(({ _id }) => _id));
      }
      if (this.failures > 0) this.options.onChange?.('delivering');
      this.failures = 0;
      return events.length === batchSize;
    } catch (error) {
      if (this.failures === 0) this.options.onChange?.('waiting', error);
      this.failures += 1;
      return false;
    }
  }

  private async pause(): Promise<void> {
    if (this.kicked && this.failures === 0) return;
    const { pollMs = 1_000 } = this.options;
    const backOff = Math.min(FIRST_PAUSE_MS * 2 ** (this.failures - 1), MAX_PAUSE_MS);
    this.wake = new AbortController();
    if (this.stopped.signal.aborted) return;
    const pauseMs = this.failures === 0 ? pollMs : backOff;
    await delay(pauseMs, undefined, { signal: this.wake.signal }).catch(() => undefined);
  }
}
