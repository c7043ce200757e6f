import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SimulateOptions } from './options.js';
import { add, newTally, type Tally } from './tally.js';
import type { WorkerReport, WorkerTask } from './worker.js';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

export interface Played {
  readonly tally: Tally;
  /** The smallest seed that is known to fail. */
  readonly failedSeed: number | null;
  readonly interrupted: boolean;
  /** Memory of the largest worker, MiB: when a tenth was played, and at the end. */
  readonly memory: { early: number; last: number };
}

const MIB = 2 ** 20;

/** Plays the schedules in several processes until one fails, all are played, or `signal` aborts. */
export async function play(
  { runs, seed, workers, mutation }: SimulateOptions,
  signal: AbortSignal,
  onProgress: (tally: Tally) => void,
): Promise<Played> {
  const tally = newTally();
  const failed: number[] = [];
  const memory = { early: 0, last: 0 };
  const rss = new Map<number, number>();
  const children: ChildProcess[] = [];
  const stop = () => children.filter((child) => child.connected).forEach((child) => child.disconnect());
  const ends = Array.from({ length: workers }, (_, index) => {
    const child = fork(WORKER);
    children.push(child);
    const task: WorkerTask = { first: seed + index, step: workers, end: seed + runs, mutation };
    child.send(task);
    child.on('message', ({ tally: more, failedSeed, rss: bytes, done }: WorkerReport) => {
      add(tally, more);
      rss.set(index, Math.round(bytes / MIB));
      memory.last = Math.max(...rss.values());
      if (memory.early === 0 && tally.schedules >= runs / 10) memory.early = memory.last;
      onProgress(tally);
      if (failedSeed !== null) {
        failed.push(failedSeed);
        stop();
      } else if (done) child.disconnect();
    });
    return new Promise<void>((resolve) => child.once('exit', () => resolve()));
  });
  signal.addEventListener('abort', stop);
  await Promise.all(ends);
  return {
    tally,
    failedSeed: failed.length > 0 ? Math.min(...failed) : null,
    interrupted: signal.aborted,
    memory,
  };
}
