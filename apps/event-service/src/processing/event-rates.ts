import { Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { EVENT_KEYS } from '../streams/event-keys.js';

const SLICE_MS = 5_000;
const WINDOW_MS = 60_000;
const KEPT_MS = 2 * WINDOW_MS;

interface RateKey {
  readonly stream: string;
  readonly type: string;
}

/** How many events per second were recorded over the last minute, by stream and type, whichever event-service recorded them. */
@Injectable()
export class EventRates {
  constructor(private readonly redis: Redis) {}

  /** Adds to the present slice. A figure for people: what a lost connection loses of it is not made up for. */
  count(events: readonly RateKey[]): void {
    if (events.length === 0) return;
    const key = EVENT_KEYS.rate(Math.floor(Date.now() / SLICE_MS));
    const counts = new Map<string, number>();
    for (const { stream, type } of events) {
      const field = `${stream}|${type}`;
      counts.set(field, (counts.get(field) ?? 0) + 1);
    }
    const pipeline = this.redis.pipeline();
    for (const [field, count] of counts) pipeline.hincrby(key, field, count);
    pipeline.pexpire(key, KEPT_MS);
    pipeline.exec().catch(() => undefined);
  }

  /** `stream|type` → events per second over the last minute. */
  async perSecond(): Promise<ReadonlyMap<string, number>> {
    const last = Math.floor(Date.now() / SLICE_MS);
    const slices = Array.from({ length: WINDOW_MS / SLICE_MS }, (_, back) => last - back);
    const hashes = await Promise.all(slices.map((slice) => this.redis.hgetall(EVENT_KEYS.rate(slice))));
    const sums = new Map<string, number>();
    for (const hash of hashes) {
      for (const [field, count] of Object.entries(hash))
        sums.set(field, (sums.get(field) ?? 0) + Number(count));
    }
    return new Map(
      [...sums].map(([field, sum]) => [field, Math.round((sum * 1_000_000) / WINDOW_MS) / 1_000]),
    );
  }
}
