import { MUTATION_NAMES, MUTATIONS, type Mutation } from '../mutations.js';
import { search } from '../search.js';
import { simulate } from '../simulation.js';
import { readVectors } from '../vectors.js';

/** Schedules that are tried with each mutation before the kept ones are. */
const BUDGET = 6_000;
const MESSAGE_LENGTH = 110;

export type Noticed = 'all' | 'not all' | 'interrupted';

/**
 * Breaks each rule in turn, and prints what notices it: the first seed that does; or, where the race is too rare to be
 * met within the budget, the kept schedule that plays it.
 */
export async function reportMutations(seed: number, signal: AbortSignal): Promise<Noticed> {
  const count = { seed: 0, vector: 0, nothing: 0 };
  for (const [index, mutation] of MUTATION_NAMES.entries()) {
    tellProgress(`${index + 1} of ${MUTATION_NAMES.length}: ${mutation} (${MUTATIONS[mutation]})`);
    const failure = await search(seed, BUDGET, { mutation, signal });
    const vector = failure ? null : await firstVector(mutation);
    tellProgress('');
    if (signal.aborted && !failure) return 'interrupted';
    count[failure ? 'seed' : vector ? 'vector' : 'nothing'] += 1;
    const by = failure
      ? `seed ${failure.seed}: ${failure.wrong}`
      : vector
        ? `no seed of ${BUDGET}, but ${vector.name}: ${vector.wrong}`
        : `not noticed in ${BUDGET} schedules, nor by any that is kept`;
    console.log(`${failure || vector ? '✓' : '✗'} ${mutation.padEnd(30)} ${by.slice(0, MESSAGE_LENGTH)}`);
  }
  console.log(
    `${count.seed + count.vector} of ${MUTATION_NAMES.length} mutations noticed: ` +
      `${count.seed} by a random schedule, ${count.vector} by a kept one only`,
  );
  return count.nothing === 0 ? 'all' : 'not all';
}

async function firstVector(mutation: Mutation): Promise<{ name: string; wrong: string } | null> {
  for (const [name, vector] of readVectors()) {
    if (vector.mutation !== mutation) continue;
    const { wrong } = await simulate(vector.schedule, { mutation });
    if (wrong) return { name, wrong };
  }
  return null;
}

/** Empty text wipes it. */
function tellProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text && `· ${text}`}`);
}
