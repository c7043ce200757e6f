import { WorkerProcess } from './worker-process.js';
import { payloadOf, until, type Turn } from './scenario.js';

export interface LossFigures {
  readonly published: number;
  /** Published, and its effect never came. */
  readonly lost: number;
  /** Its effect came more than once. */
  readonly doubled: number;
}

interface LossPlan {
  readonly perSecond: number;
  readonly seconds: number;
}

/** Hash: number of an event → how often its effect was done. */
const EFFECTS = 'bench:effects';

/**
 * A process handles what comes at a steady rate and is killed (SIGKILL) with work in hand; another one is started
 * at once. Counted when nothing happens any more.
 */
export async function measureLoss(turn: Turn, { perSecond, seconds }: LossPlan): Promise<LossFigures> {
  const { contestant, place, signal } = turn;
  const published = perSecond * seconds;
  const workers: WorkerProcess[] = [];
  const startWorker = async (): Promise<WorkerProcess> => {
    const worker = new WorkerProcess({ contestant: contestant.name, place, effects: EFFECTS, takesMs: 10 });
    workers.push(worker);
    await worker.ready;
    return worker;
  };
  const opened = await contestant.open(place);
  try {
    const victim = await startWorker();
    let successor: Promise<unknown> | undefined;
    const startedAt = performance.now();
    for (let n = 0; n < published; n += 1) {
      const dueIn = startedAt + (n * 1_000) / perSecond - performance.now();
      if (dueIn > 0) await new Promise((resolve) => setTimeout(resolve, dueIn));
      signal.throwIfAborted();
      await opened.publish(payloadOf(n));
      if (n === Math.floor(published / 3)) successor = victim.kill().then(startWorker);
    }
    await successor;
    return await count(turn, published);
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await opened.close();
  }
}

/** How long nothing must happen until everything has come to rest: longer than any take-over here takes. */
const REST_MS = 3_000;

async function count({ contestant, redis, signal }: Turn, published: number): Promise<LossFigures> {
  let [times, total, changedAt] = [[] as number[], 0, Date.now()];
  await until(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      times = (await redis.hvals(EFFECTS)).map(Number);
      const now = times.reduce((sum, one) => sum + one, 0);
      if (now !== total) [total, changedAt] = [now, Date.now()];
      return Date.now() - changedAt > REST_MS;
    },
    { what: `${contestant.name} comes to rest`, signal },
  );
  return { published, lost: published - times.length, doubled: times.filter((n) => n > 1).length };
}
