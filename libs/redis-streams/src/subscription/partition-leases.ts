import type { Redis } from 'ioredis';
import type { Clock } from '../clock.js';
import { defineScript } from '../lua-script.js';

interface LeaseOptions {
  readonly commands: Redis;
  readonly keys: readonly [leases: string, members: string];
  readonly instance: string;
  readonly partitions: number;
  /** A silent instance loses its partitions after this. */
  readonly leaseMs: number;
  readonly clock: Clock;
}

export interface Share {
  /** Most partitions that this instance should have. */
  readonly fair: number;
  readonly owned: readonly number[];
}

const leaseScript = defineScript<Share>({
  name: 'messaging.lease-partitions',
  file: new URL('../lua/lease-partitions.lua', import.meta.url),
  numberOfKeys: 2,
  decode: (raw) => {
    const [fair = 0, ...owned] = raw as number[];
    return { fair, owned };
  },
});

/** The partitions that this instance of a group may read. */
export class PartitionLeases {
  private validUntil = 0;

  constructor(private readonly options: LeaseOptions) {}

  /** By this process' own clock, from before the last renewal: never later than Redis thinks. */
  get valid(): boolean {
    return this.options.clock.now() < this.validUntil;
  }

  /** Renews what it has, takes its share of what is free, gives back `giveBack`. */
  async renew(giveBack: readonly number[] = []): Promise<Share> {
    const askedAt = this.options.clock.now();
    const share = await this.call('0', giveBack);
    this.validUntil = askedAt + this.options.leaseMs;
    return share;
  }

  async leave(giveBack: readonly number[]): Promise<void> {
    this.validUntil = 0;
    await this.call('1', giveBack);
  }

  private call(leaving: '0' | '1', giveBack: readonly number[]): Promise<Share> {
    const { commands, keys, instance, leaseMs, partitions } = this.options;
    return leaseScript.run(commands, keys, [instance, leaseMs, partitions, leaving, ...giveBack]);
  }
}
