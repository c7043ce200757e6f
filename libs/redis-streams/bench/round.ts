import type { Redis } from 'ioredis';
import type { Contestant, Place } from './contestants/contestant.js';
import type { BenchOptions } from './options.js';
import { measureLatency, type LatencyFigures } from './scenarios/latency.js';
import { measureLoss, type LossFigures } from './scenarios/loss.js';
import { measureProcess, type ProcessFigures } from './scenarios/process.js';
import { measurePublish, type PublishFigures } from './scenarios/publish.js';
import type { Turn } from './scenarios/scenario.js';

/** What one contestant did in one round. */
export interface RoundFigures {
  readonly contestant: string;
  readonly publish: PublishFigures | null;
  readonly process: ProcessFigures;
  readonly latency: LatencyFigures;
  readonly loss: LossFigures;
}

interface RoundSetting {
  readonly place: Place;
  readonly redis: Redis;
  readonly options: BenchOptions;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const WARM_UP = 2_000;
const LATENCY_SECONDS = 2;
const LOSS = { perSecond: 500, seconds: 2 };

/** Not counted: code that runs for the first time is slow, and somebody has to be first. */
export async function warmUp(contestant: Contestant, setting: RoundSetting): Promise<void> {
  const { place, redis, signal } = setting;
  const turn: Turn = { contestant, place, redis, signal };
  await redis.flushall();
  await measurePublish(turn, WARM_UP);
  await redis.flushall();
  await measureProcess(turn, WARM_UP);
}

export async function runTurn(contestant: Contestant, setting: RoundSetting): Promise<RoundFigures> {
  const { place, redis, options, signal, say } = setting;
  const turn: Turn = { contestant, place, redis, signal };
  const step = async <T>(what: string, measure: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    say(`${contestant.name}: ${what}`);
    await redis.flushall();
    return measure();
  };
  return {
    contestant: contestant.name,
    publish:
      contestant.publishesLike === undefined
        ? await step('publish', () => measurePublish(turn, options.events))
        : null,
    process: await step('process', () => measureProcess(turn, options.events)),
    latency: await step('latency', () =>
      measureLatency(turn, { perSecond: options.rate, seconds: LATENCY_SECONDS }),
    ),
    loss: await step('kill -9', () => measureLoss(turn, LOSS)),
  };
}
