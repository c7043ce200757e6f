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
}

/** Plays the schedules in several processes until one fails, all are played, or `signal` aborts. */
export async function play(
  { runs, seed, workers, mutation }: SimulateOptions,
  signal: AbortSignal,
  onProgress: (tally: Tally) => void,
): Promise<Played> {
  const tally = newTally();
  const failed: number[] = [];
  const children: ChildProcess[] = [];
  const stop = () => children.filter((child) => child.connected).forEach((child) => child.disconnect());
  const ends = Array.from({ length: workers }, (_, index) => {
    const child = fork(WORKER);
    children.push(child);
    const task: WorkerTask = { first: seed + index, step: workers, end: seed + runs, mutation };
    child.send(task);
    child.on('message', ({ tally: more, failedSeed, done }: WorkerReport) => {
      add(tally, more);
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
  return { tally, failedSeed: failed.length > 0 ? Math.min(...failed) : null, interrupted: signal.aborted };
}
