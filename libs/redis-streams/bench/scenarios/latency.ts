import { payloadOf, until, type Turn } from './scenario.js';

/** From the call that publishes to the first line of the handler, ms. */
export interface LatencyFigures {
  readonly p50: number;
  readonly p99: number;
}

interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

const WARM_UP = 50;

export async function measureLatency(turn: Turn, { perSecond, seconds }: Pace): Promise<LatencyFigures> {
  const { contestant, place, signal } = turn;
  const total = perSecond * seconds + WARM_UP;
  const opened = await contestant.open(place);
  const samples: number[] = [];
  let handled = 0;
  try {
    await opened.consume(async ({ n, at }, effect) => {
      if (n >= WARM_UP) samples.push(performance.now() - at);
      await effect('INCR', 'bench:handled');
      handled += 1;
    });
    const startedAt = performance.now();
    for (let n = 0; n < total; n += 1) {
      const dueIn = startedAt + (n * 1_000) / perSecond - performance.now();
      if (dueIn > 0) await new Promise((resolve) => setTimeout(resolve, dueIn));
      signal.throwIfAborted();
      void opened.publish(payloadOf(n)).catch(() => undefined); // it is then missed below
    }
    await until(() => handled >= total, { what: `${contestant.name} handles ${total} events`, signal });
  } finally {
    await opened.close();
  }
  samples.sort((one, other) => one - other);
  const at = (share: number) => samples[Math.floor(samples.length * share)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
