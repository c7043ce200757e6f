import { parseArgs } from 'node:util';
import { MUTATIONS, type Mutation } from '../mutations.js';

export interface SimulateOptions {
  readonly runs: number;
  readonly seed: number;
  readonly workers: number;
  readonly mutation: Mutation;
  /** Prints every step of the one schedule of `seed`. */
  readonly trace: boolean;
  /** Reports which seed catches each mutation. */
  readonly mutations: boolean;
  readonly help: boolean;
}

export const HELP = `npm run simulate -- [options]
  --runs N        schedules to play (default 20000)
  --seed S        the first seed (default 1); seed S, S+1, … stand for one schedule each
  --workers W     processes (default 2)
  --mutation M    breaks a rule on purpose, and stops when that is noticed
  --mutations     breaks each rule in turn, and reports the seed that notices it
  --trace         plays the schedule of --seed only, and prints every step
mutations:
${Object.entries(MUTATIONS)
  .map(([name, breaks]) => `  ${name.padEnd(32)} ${breaks}`)
  .join('\n')}
Exit code: 0 nothing wrong, 1 an invariant was broken (or a mutation not noticed), 64 wrong option, 130 interrupted.`;

/** @throws Error naming the option that is wrong */
export function parseOptions(args: readonly string[]): SimulateOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: '2' },
      mutation: { type: 'string', default: 'none' },
      mutations: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { mutation, mutations, trace, help } = values;
  if (mutation !== 'none' && !Object.hasOwn(MUTATIONS, mutation))
    throw new Error(`--mutation: there is no '${mutation}'; --help lists them`);
  return {
    runs: wholeNumber('runs', values.runs, 1),
    seed: wholeNumber('seed', values.seed, 0),
    workers: wholeNumber('workers', values.workers, 1),
    mutation: mutation as Mutation,
    mutations,
    trace,
    help,
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name} must be a whole number from ${least}, not '${text}'`);
  return value;
}
