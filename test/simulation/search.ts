import * as fc from 'fast-check';
import type { Mutation } from './mutations.js';
import { profileOf, schedules, type Profile, type Schedule } from './schedule.js';
import { simulate, type SimulationResult } from './simulation.js';

export interface Failure {
  readonly seed: number;
  readonly wrong: string;
  readonly schedule: Schedule;
}

/** The schedule that a seed stands for. */
export function scheduleOf(seed: number, profile: Profile = profileOf(seed)): Schedule {
  const [schedule] = fc.sample(schedules(profile), { seed, numRuns: 1 });
  if (!schedule) throw new Error(`no schedule for seed ${seed}`);
  return schedule;
}

export interface SearchOptions {
  readonly mutation?: Mutation;
  /** Only seeds of this profile. */
  readonly profile?: Profile;
  readonly onRun?: (result: SimulationResult) => void;
  /** Ends the search. */
  readonly signal?: AbortSignal;
}

const BREATHE_EVERY_MS = 200;

/** Plays the schedules of the seeds `first`, `first + 1`, … until one fails. */
export async function search(
  first: number,
  runs: number,
  options: SearchOptions = {},
): Promise<Failure | null> {
  let breathedAt = Date.now();
  for (let seed = first; seed < first + runs && !options.signal?.aborted; seed++) {
    if (Date.now() - breathedAt > BREATHE_EVERY_MS) {
      await new Promise((resolve) => setImmediate(resolve)); // schedules know no timers: signals would never be heard
      breathedAt = Date.now();
    }
    if (options.profile && options.profile !== profileOf(seed)) continue;
    const schedule = scheduleOf(seed);
    const result = await simulate(schedule, options);
    options.onRun?.(result);
    if (result.wrong) return { seed, wrong: result.wrong, schedule };
  }
  return null;
}

/** The smallest schedule found that fails as `failure` does: by the same invariant. */
export async function shrink(
  { seed, wrong, schedule }: Failure,
  options: { readonly mutation?: Mutation; readonly maxMs?: number } = {},
): Promise<Failure> {
  const rule = ruleOf(wrong);
  let best: Failure = { seed, wrong, schedule };
  const property = fc.asyncProperty(schedules(schedule.profile), async (candidate) => {
    const result = await simulate(candidate, options);
    if (result.wrong === null || ruleOf(result.wrong) !== rule) return;
    best = { seed, wrong: result.wrong, schedule: candidate };
    throw new Error(result.wrong);
  });
  await fc.check(property, { seed, numRuns: 1, interruptAfterTimeLimit: options.maxMs ?? 30_000 });
  return best;
}

/** The invariant in front of a message. */
export function ruleOf(wrong: string): string {
  return wrong.slice(0, Math.max(0, wrong.indexOf(':')));
}
