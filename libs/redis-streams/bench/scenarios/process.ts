import { cpuSince, markCpu, type Cpu } from '../usage.js';
import { payloadOf, until, type Turn } from './scenario.js';

export interface ProcessFigures {
  /** Events per second: taken, one `INCR` each, acknowledged. */
  readonly rate: number;
  readonly cpu: Cpu;
  /** Most handlers seen at work at once. */
  readonly atOnce: number;
}

const COUNTER = 'bench:handled';

/**
 * Empties a filled queue. For pub/sub, which keeps nothing, another connection publishes all the while, as fast
 * as the subscriber keeps up; its CPU is not this process's.
 */
export async function measureProcess(turn: Turn, events: number): Promise<ProcessFigures> {
  const { contestant, place, redis, signal } = turn;
  if (contestant.keeps) await fill(turn, events);
  const opened = await contestant.open(place);
  let [handled, now, atOnce] = [0, 0, 0];
  try {
    const mark = await markCpu(redis);
    const startedAt = performance.now();
    await opened.consume(async (_, effect) => {
      atOnce = Math.max(atOnce, (now += 1));
      await effect('INCR', COUNTER);
      now -= 1;
      handled += 1;
    });
    if (!contestant.keeps) await pour(turn, { events, handled: () => handled });
    await until(async () => handled >= events && Number(await redis.get(COUNTER)) >= events, {
      what: `${contestant.name} handles ${events} events`,
      signal,
    });
    const seconds = (performance.now() - startedAt) / 1_000;
    return { rate: events / seconds, cpu: await cpuSince(mark, redis, events), atOnce };
  } finally {
    await opened.close();
  }
}

async function fill({ contestant, place, signal }: Turn, events: number): Promise<void> {
  const opened = await contestant.open(place);
  try {
    for (let from = 0; from < events && !signal.aborted; from += 500) {
      const size = Math.min(500, events - from);
      await opened.publishMany(Array.from({ length: size }, (_, n) => payloadOf(from + n)));
    }
  } finally {
    await opened.close();
  }
}

const CHUNK = 500;
const POUR = "for _ = 1, ARGV[1] do redis.call('PUBLISH', KEYS[1], ARGV[2]) end";

/** What Nest's client would send, straight from Redis: `CHUNK` at a time, the next when half of them are done. */
async function pour(
  { redis, signal }: Turn,
  { events, handled }: { events: number; handled: () => number },
): Promise<void> {
  const message = JSON.stringify({ pattern: 'bench.happened', data: payloadOf(0) });
  for (let sent = 0; sent < events;) {
    const size = Math.min(CHUNK, events - sent);
    await redis.eval(POUR, 1, 'bench.happened', size, message);
    sent += size;
    await until(() => handled() >= sent - CHUNK / 2, { what: 'the subscriber keeps up', signal });
  }
}
