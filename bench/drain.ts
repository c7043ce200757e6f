import { setTimeout as sleep } from 'node:timers/promises';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { OUTCOMES, type Direction } from '@redis-mongo-sync/sync-core';
import type { Rig } from './rig/rig.js';
import type { Load } from './rig/usage.js';

export interface Drain {
  readonly events: number;
  /** From the first entry that was settled to the last one. */
  readonly seconds: number;
  readonly load: Load;
}

const POLL_MS = 10;
const TIMEOUT_MS = 300_000;

/** Entries of a direction that are settled, over all times. */
export async function settledCount(rig: Rig, direction: Direction): Promise<number> {
  const counts = await rig.redis.hmget(KEYS.ledger(direction), ...OUTCOMES);
  return counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
}

/**
 * Watches a backlog of `events` entries being settled. Clock and meter start when the first of them is settled: what
 * a service does to start is not part of its rate.
 */
export async function watchDrain(
  rig: Rig,
  direction: Direction,
  { before, events, onSettled }: { before: number; events: number; onSettled: (settled: number) => void },
): Promise<Drain> {
  const deadline = Date.now() + TIMEOUT_MS;
  const settledNow = async () => (await settledCount(rig, direction)) - before;
  const reaches = async (wanted: number) => {
    for (;;) {
      const settled = await settledNow();
      if (settled >= wanted) return { settled, at: performance.now() };
      if (Date.now() > deadline)
        throw new Error(`${direction}: only ${settled} of ${events} entries were settled`);
      onSettled(settled);
      await sleep(POLL_MS);
    }
  };
  const first = await reaches(1);
  const meter = await rig.startMeter();
  const last = await reaches(events);
  const load = await meter.stop();
  return { events: last.settled - first.settled, seconds: (last.at - first.at) / 1000, load };
}
