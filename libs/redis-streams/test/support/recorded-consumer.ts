import type { Redis } from 'ioredis';
import type { ConsumerEvents } from '../../src/consumer/consumer-events.js';
import type { BatchHandler, StreamConsumerOptions } from '../../src/consumer/consumer-options.js';
import { StreamConsumer } from '../../src/consumer/stream-consumer.js';
import { fieldOf } from '../../src/stream-entry.js';

type RecordedOptions = Partial<StreamConsumerOptions> & Pick<StreamConsumerOptions, 'commands'>;

type EventName = keyof ConsumerEvents;
type RecordedEvents = { readonly [Name in EventName]: ConsumerEvents[Name][0][] };

export const STREAM = 'orders';
export const GROUP = 'sync';

/** A consumer with test-sized waits that remembers what it did. Values are those of the field `n`. */
export class RecordedConsumer {
  /** Every call of the handler: the values of its batch. */
  readonly calls: string[][] = [];
  readonly attempts: number[] = [];
  readonly events: RecordedEvents = {
    mode: [],
    breaker: [],
    'group-lost': [],
    'group-created': [],
    lost: [],
    reclaimed: [],
    'entry-failed': [],
    'dead-lettered': [],
    fatal: [],
  };
  readonly consumer: StreamConsumer;
  handler: BatchHandler = () => Promise.resolve({ acked: false });

  constructor(options: RecordedOptions) {
    this.consumer = new StreamConsumer({
      stream: STREAM,
      group: GROUP,
      consumer: 'a',
      startId: () => Promise.resolve('0'),
      blockMs: 200,
      watchdogGraceMs: 300,
      minIdleMs: 60_000,
      reclaimEveryMs: 60_000,
      breaker: { baseMs: 10, capMs: 100 },
      handler: (batch, context) => {
        this.calls.push(batch.map((entry) => fieldOf(entry, 'n') ?? '?'));
        this.attempts.push(context.attempt);
        return this.handler(batch, context);
      },
      ...options,
    });
    for (const name of Object.keys(this.events) as EventName[]) {
      const list: unknown[] = this.events[name];
      this.consumer.on(name, (event: unknown) => list.push(event));
    }
  }

  /** Every value handed to the handler, in order, repeats included. */
  get values(): string[] {
    return this.calls.flat();
  }

  get modes(): string[] {
    return this.events.mode.map(({ to }) => to);
  }

  start(): this {
    void this.consumer.start();
    return this;
  }

  stop(deadlineMs = 2_000): Promise<string> {
    return this.consumer.stop({ deadlineMs });
  }
}

/** Adds entries with the field `n` counting from `from`; returns their ids. */
export async function addEntries(client: Redis, count: number, from = 0): Promise<string[]> {
  const pipeline = client.pipeline();
  for (let n = from; n < from + count; n += 1) pipeline.xadd(STREAM, '*', 'n', String(n));
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, id]) => {
    if (error) throw error;
    return String(id);
  });
}

/** How many entries of the group are delivered and not acked. */
export async function pendingCount(client: Redis, group = GROUP): Promise<number> {
  const [count] = (await client.xpending(STREAM, group)) as [number];
  return count;
}

export const range = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => String(from + index));
