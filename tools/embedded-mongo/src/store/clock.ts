import { Timestamp } from 'bson';

/**
 * The node's logical clock: a cluster time is `seconds << 32 | counter`, as in MongoDB. It never goes back,
 * whatever the machine's clock does.
 */
export class LogicalClock {
  private current = 0n;

  constructor(private readonly nowMs: () => number = Date.now) {}

  get last(): bigint {
    return this.current;
  }

  tick(): bigint {
    const seconds = BigInt(Math.floor(this.nowMs() / 1000));
    this.current = seconds > this.current >> 32n ? (seconds << 32n) | 1n : this.current + 1n;
    return this.current;
  }

  observe(time: bigint): void {
    if (time > this.current) this.current = time;
  }
}

export function toTimestamp(time: bigint): Timestamp {
  return new Timestamp({ t: Number(time >> 32n), i: Number(time & 0xffffffffn) });
}

export function fromTimestamp(timestamp: Timestamp): bigint {
  return (BigInt(timestamp.getHighBitsUnsigned()) << 32n) | BigInt(timestamp.getLowBitsUnsigned());
}
