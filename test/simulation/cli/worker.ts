import type { Mutation } from '../mutations.js';
import { scheduleOf } from '../search.js';
import { simulate } from '../simulation.js';
import { count, newTally, type Tally } from './tally.js';

/** Seeds `first`, `first + step`, … below `end`. */
export interface WorkerTask {
  readonly first: number;
  readonly step: number;
  readonly end: number;
  readonly mutation: Mutation;
}

/** What a worker says: what it played since it last spoke, and the first seed that failed. */
export interface WorkerReport {
  readonly tally: Tally;
  readonly failedSeed: number | null;
  /** Memory of the worker, bytes. */
  readonly rss: number;
  readonly done: boolean;
}

const REPORT_EVERY_MS = 500;

process.on('SIGINT', () => undefined); // the parent decides
process.on('disconnect', () => process.exit());
process.once('message', (task: WorkerTask) => void work(task));

async function work({ first, step, end, mutation }: WorkerTask): Promise<void> {
  let tally = newTally();
  let spokenAt = Date.now();
  let failedSeed: number | null = null;
  for (let seed = first; seed < end && failedSeed === null; seed += step) {
    const result = await simulate(scheduleOf(seed), { mutation });
    count(tally, result);
    if (result.wrong) failedSeed = seed;
    if (Date.now() - spokenAt < REPORT_EVERY_MS) continue;
    send({ tally, failedSeed: null, rss: process.memoryUsage.rss(), done: false });
    tally = newTally();
    spokenAt = Date.now();
    await new Promise((resolve) => setImmediate(resolve)); // lets messages out
  }
  send({ tally, failedSeed, rss: process.memoryUsage.rss(), done: true });
}

function send(report: WorkerReport): void {
  process.send?.(report, undefined, {}, () => undefined); // the parent may have heard enough
}
