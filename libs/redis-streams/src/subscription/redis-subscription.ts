import type { Subscription, SubscriptionSnapshot, SubscriptionState } from '../bus/message-consumer.js';
import type { Clock } from '../clock.js';
import type { PartitionLeases } from './partition-leases.js';
import type { PartitionReader } from './partition-reader.js';

export interface RedisSubscriptionOptions {
  readonly stream: string;
  readonly group: string;
  readonly partitions: number;
  readonly newReader: (partition: number) => PartitionReader;
  /** Null: instances share every partition. */
  readonly leases: PartitionLeases | null;
  readonly renewEveryMs: number;
  /** How long what is in hand may take when the subscription ends, ms. */
  readonly drainMs: number;
  readonly clock: Clock;
  readonly onTrouble: (error: unknown) => void;
  readonly onClosed: () => void;
}

/**
 * One instance's part in a group: a reader for each partition it may read. With leases, a round every
 * `renewEveryMs` renews them, begins reading what it has won, and drains what it has too much of before
 * giving it back.
 */
export class RedisSubscription implements Subscription {
  private readonly readers = new Map<number, PartitionReader>();
  private state: SubscriptionState = 'running';
  private cancelRound: () => void = () => undefined;
  private round: Promise<void> = Promise.resolve();

  constructor(private readonly it: RedisSubscriptionOptions) {}

  get stream(): string {
    return this.it.stream;
  }

  get group(): string {
    return this.it.group;
  }

  async begin(): Promise<void> {
    if (this.it.leases) await this.nextRound();
    else for (let partition = 0; partition < this.it.partitions; partition += 1) this.read(partition);
  }

  async pause(): Promise<void> {
    if (this.state !== 'running') return;
    this.state = 'paused';
    await Promise.all([...this.readers.values()].map((reader) => reader.pause()));
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.state = 'running';
    for (const reader of this.readers.values()) reader.resume();
  }

  async unsubscribe(): Promise<void> {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.cancelRound();
    await this.round;
    const partitions = [...this.readers.keys()];
    await this.drop(partitions, this.it.drainMs);
    await this.it.leases?.leave(partitions).catch(() => undefined); // the lease runs out by itself
    this.it.onClosed();
  }

  snapshot(): SubscriptionSnapshot {
    const readers = [...this.readers.values()];
    const failed = this.state === 'running' && readers.some((reader) => reader.failed);
    return {
      stream: this.stream,
      group: this.group,
      state: failed ? 'failed' : this.state,
      partitions: [...this.readers.keys()].sort((a, b) => a - b),
      trouble: readers.map(({ trouble }) => trouble).find((trouble) => trouble !== null) ?? null,
    };
  }

  private async nextRound(): Promise<void> {
    if (this.state === 'closed') return;
    const { leases, renewEveryMs, clock, onTrouble } = this.it;
    this.round = (leases ? this.share(leases) : Promise.resolve()).catch((error: unknown) =>
      onTrouble(error),
    );
    await this.round;
    this.cancelRound = clock.after(renewEveryMs, () => void this.nextRound());
  }

  private async share(leases: PartitionLeases): Promise<void> {
    const { fair, owned } = await leases.renew();
    // `unsubscribe()` may have begun meanwhile; what was won here is then given back there.
    const foreign = [...this.readers.keys()].filter((partition) => !owned.includes(partition));
    await this.drop(foreign, 0);
    for (const partition of owned) if (!this.readers.has(partition)) this.read(partition);
    const surplus = owned.slice(fair);
    if (surplus.length === 0) return;
    // Renewing goes on while these finish: their lease must not run out under the handler.
    const keep = setInterval(() => void leases.renew().catch(() => undefined), this.it.renewEveryMs);
    try {
      await this.drop(surplus, this.it.drainMs);
    } finally {
      clearInterval(keep);
    }
    await leases.renew(surplus);
  }

  private read(partition: number): void {
    const reader = this.it.newReader(partition);
    this.readers.set(partition, reader);
    if (this.state === 'paused') void reader.pause();
    reader.start();
  }

  private async drop(partitions: readonly number[], drainMs: number): Promise<void> {
    await Promise.all(
      partitions.map(async (partition) => {
        await this.readers.get(partition)?.close(drainMs);
        this.readers.delete(partition);
      }),
    );
  }
}
