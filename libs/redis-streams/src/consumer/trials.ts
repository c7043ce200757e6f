import type { Clock } from '../clock.js';

/** Longest wait for others: a handler that never ends must not hold up the rest of the process. */
const MAX_WAIT_MS = 30_000;

/**
 * Which message kills its process? Redis counts how often it handed an entry out; but when a process dies, everything
 * that it had in hand was handed out once more, and a few deaths later harmless entries look like killers. So an
 * entry under suspicion has its trial alone: its counter goes up when nothing else of the process is in a handler,
 * and a death during the trial is its own.
 *
 * One for the whole process: `work` runs with any other work, `trial` with nothing else.
 *
 * An earlier version handled suspects alone within their own consumer only; the killer of one partition took the
 * suspects of all others with it, until they were over the limit.
 */
export class Trials {
  private working = 0;
  private readonly waitingTrials: (() => void)[] = [];
  private underTrial: Promise<void> | undefined;

  /** Begins at once unless a trial is on or waits. */
  async work<T>(clock: Clock, task: () => Promise<T>): Promise<T> {
    for (let late = false; this.underTrial && !late;) late = await this.atMost(clock, this.underTrial);
    this.working += 1;
    try {
      return await task();
    } finally {
      this.working -= 1;
      if (this.working === 0) this.waitingTrials.splice(0).forEach((begin) => begin());
    }
  }

  /** Waits for what is in hand and for earlier trials; what comes later waits for this one. */
  async trial<T>(clock: Clock, task: () => Promise<T>): Promise<T> {
    const before = this.underTrial ?? Promise.resolve();
    const run = before.then(async () => {
      if (this.working > 0)
        await this.atMost(clock, new Promise<void>((resolve) => this.waitingTrials.push(resolve)));
      return task();
    });
    const over = run.then(
      () => undefined,
      () => undefined,
    );
    this.underTrial = over;
    void over.then(() => {
      if (this.underTrial === over) this.underTrial = undefined;
    });
    return run;
  }

  /** True when the time was up first. */
  private async atMost(clock: Clock, event: Promise<void>): Promise<boolean> {
    let cancel: () => void = () => undefined;
    const late = new Promise<boolean>((resolve) => (cancel = clock.after(MAX_WAIT_MS, () => resolve(true))));
    return Promise.race([event.then(() => false), late]).finally(cancel);
  }
}

/** That of this process. */
export const trialsOfProcess = new Trials();
