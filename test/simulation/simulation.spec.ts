import { simulate } from './simulate.js';
import type { Mutation } from './sim-world.js';

const RUNS = Number(process.env.SIMULATION_RUNS ?? 10_000);
const FIRST_SEED = Number(process.env.SIMULATION_SEED ?? 1);

async function firstFailure(runs: number, options: { mutation?: Mutation; outsiders?: boolean }) {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + runs; seed++) {
    const wrong = await simulate({ seed, ...options });
    if (wrong) return { seed, wrong };
  }
  return null;
}

describe('simulation of the protocol: real pipelines, simulated stores', () => {
  it(`I9: both stores end equal over ${RUNS} schedules from seed ${FIRST_SEED}, outsiders included`, async () => {
    expect(await firstFailure(RUNS, {})).toBeNull();
  });

  it(`I10: without outsiders the newest write stands and no deposit is lost, ${RUNS} schedules from seed ${FIRST_SEED}`, async () => {
    expect(await firstFailure(RUNS, { outsiders: false })).toBeNull();
  });

  // A simulation that cannot fail proves nothing: each rule left out must be noticed.
  const mutations: Mutation[] = [
    'no-tombstones',
    'millisecond-clock',
    'drop-echoes-by-origin',
    'ignore-ties',
    'no-stamping',
    'no-set-back-check',
    'no-set-back-at-capture',
    'non-atomic-compare',
    'ack-before-effect',
    'overwrite-at-equal-version',
  ];
  it.each(mutations)('notices the mutation %s', async (mutation) => {
    const failure =
      (await firstFailure(5_000, { mutation })) ??
      (await firstFailure(5_000, { mutation, outsiders: false }));
    expect(failure).not.toBeNull();
  });
});
