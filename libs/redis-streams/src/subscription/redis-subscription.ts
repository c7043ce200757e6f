import type { Subscription, SubscriptionSnapshot, SubscriptionState } from '../bus/message-consumer.js';
import type { Clock } from '../clock.js';
import { describeError } from '../dead-letters/dead-letter-writer.js';
import { classifyRedisFailure } from '../failure-kind.js';
import type { PartitionLeases } from './partition-leases.js';
import type { PartitionReader } from './partition-reader.js';

interface RedisSubscriptionOptions {
  readonly stream: string;
  readonly group: string;
  readonly partitions: number;
  /** Makes the group, before anything is read. */
  readonly prepare: () => Promise<void>;
  readonly newReader: (partition: number) => PartitionReader;
  /** Null: instances share every partition. */
  readonly leases: PartitionLeases | null;
  readonly renewEveryMs: number;
  /** How long what is in hand may take when the subscription ends, ms. */
  readonly drainMs: number;
  readonly clock: Clock;
  readonly onTrouble: (kind: 'lease' | 'waiting' | 'fatal', error: unknown) => void;
  readonly onClosed: () => void;
}

/** How long a subscription waits for a Redis that is away, and for a mistake to be put right. */
const AWAY_MS = 1_000;
const FAILED_MS = 30_000;

/**
 * One instance's part in a group: a reader for each partition it may read. With leases, a round every
 * `renewEveryMs` renews them, begins reading what it has won, and drains what it has too much of before
 * giving it back. A Redis that is away at the beginning is waited for.
 */
export class RedisSubscription implements Subscription {
  private readonly readers = new Map<number, PartitionReader>();
  private state: SubscriptionState = 'running';
  private cancelRound: () => void = () => undefined;
  private round: Promise<void> = Promise.resolve();
  /** Why reading has not begun. */
  private obstacle: { readonly error: unknown; readonly fatal: boolean } | undefined;

  constructor(private readonly it: RedisSubscriptionOptions) {}

  get stream(): string {
    return this.it.stream;
  }

  get group(): string {
    return this.it.group;
  }

  /**
   * Resolves when the group exists and reading has begun, or when Redis is away: then it goes on trying by itself.
   * Any other failure ends the subscription.
   */
  async begin(): Promise<void> {
    const preparing = this.it.prepare();
    this.round = preparing.catch(() => undefined); // `unsubscribe()` waits for it
    try {
      await preparing;
    } catch (error) {
      if (classifyRedisFailure(error) === 'transient') return this.tryLater(error);
      this.state = 'closed';
      this.it.onClosed();
      throw error;
    }
    if (this.snapshot().state !== 'closed') await this.beginReading();
  }

  private async beginAgain(): Promise<void> {
    try {
      await this.it.prepare();
      this.obstacle = undefined;
    } catch (error) {
      this.tryLater(error);
      return;
    }
    if (this.state !== 'closed') await this.beginReading();
  }

  private tryLater(error: unknown): void {
    if (this.state === 'closed') return;
    const fatal = classifyRedisFailure(error) !== 'transient';
    const known = this.obstacle?.fatal === fatal;
    this.obstacle = { error, fatal };
    if (!known) this.it.onTrouble(fatal ? 'fatal' : 'waiting', error);
    this.cancelRound = this.it.clock.after(fatal ? FAILED_MS : AWAY_MS, () => {
      this.round = this.beginAgain();
    });
  }

  private async beginReading(): Promise<void> {
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
    const { obstacle } = this;
    const stuck = obstacle?.fatal === true || readers.some((reader) => reader.failed);
    const failed = this.state === 'running' && stuck;
    const waiting = obstacle ? `waiting to begin: ${describeError(obstacle.error)}` : null;
    return {
      stream: this.stream,
      group: this.group,
      state: failed ? 'failed' : this.state,
      partitions: [...this.readers.keys()].sort((a, b) => a - b),
      trouble: waiting ?? readers.map(({ trouble }) => trouble).find((trouble) => trouble !== null) ?? null,
    };
  }

  private async nextRound(): Promise<void> {
    if (this.state === 'closed') return;
    const { leases, renewEveryMs, clock, onTrouble } = this.it;
    this.round = (leases ? this.share(leases) : Promise.resolve()).catch((error: unknown) =>
      onTrouble('lease', error),
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
