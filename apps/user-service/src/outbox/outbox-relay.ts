import { backOffMs, pause } from '@redis-mongo-sync/redis-streams';
import type { OutboxEvent } from './outbox-event.js';

/** Where events wait; see `Outbox`. */
interface EventSource {
  oldest(limit: number): Promise<readonly OutboxEvent[]>;
  remove(ids: readonly string[]): Promise<void>;
}

interface OutboxRelayOptions {
  readonly outbox: EventSource;
  /** Resolves when the outbox can be read. */
  readonly prepared?: () => Promise<void>;
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

const BACK_OFF = { baseMs: 100, capMs: 5_000 };

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
      if (!more) await this.rest();
    }
  }

  /** @returns whether there may be more at once */
  private async round(): Promise<boolean> {
    const { outbox, prepared, publish, batchSize = 100 } = this.options;
    try {
      await prepared?.();
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

  private async rest(): Promise<void> {
    if (this.kicked && this.failures === 0) return;
    const { pollMs = 1_000 } = this.options;
    this.wake = new AbortController();
    if (this.stopped.signal.aborted) return;
    const pauseMs = this.failures === 0 ? pollMs : backOffMs(this.failures, BACK_OFF);
    await pause(pauseMs, { signal: this.wake.signal });
  }
}
