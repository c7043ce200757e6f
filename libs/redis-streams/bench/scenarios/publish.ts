import { cpuSince, markCpu, type Cpu } from '../usage.js';
import { payloadOf, type Turn } from './scenario.js';

export interface PublishFigures {
  /** Events per second, one call each, `concurrency` calls under way. */
  readonly single: number;
  readonly singleCpu: Cpu;
  /** Events per second, 100 per call, one call after the other. */
  readonly batch: number;
}

const BATCH = 100;

export async function measurePublish(turn: Turn, events: number): Promise<PublishFigures> {
  const { contestant, place, redis, signal } = turn;
  const opened = await contestant.open(place);
  try {
    await opened.publish(payloadOf(-1)); // connections and scripts are there
    const mark = await markCpu(redis);
    const single = await rateOf(events, async () => {
      let n = 0;
      const lane = async (): Promise<void> => {
        while (n < events && !signal.aborted) await opened.publish(payloadOf(n++));
      };
      await Promise.all(Array.from({ length: place.concurrency }, lane));
    });
    const singleCpu = await cpuSince(mark, redis, events);
    const batch = await rateOf(events, async () => {
      for (let from = 0; from < events && !signal.aborted; from += BATCH)
        await opened.publishMany(
          Array.from({ length: Math.min(BATCH, events - from) }, (_, n) => payloadOf(from + n)),
        );
    });
    signal.throwIfAborted();
    return { single, singleCpu, batch };
  } finally {
    await opened.close();
  }
}

async function rateOf(events: number, work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return events / ((performance.now() - startedAt) / 1_000);
}
