import { Trace } from './engine/trace.js';
import { MUTATION_NAMES } from './mutations.js';
import type { Profile } from './schedule.js';
import { ruleOf, scheduleOf, search } from './search.js';
import { simulate } from './simulation.js';
import { readVectors } from './vectors.js';

const RUNS = Number(process.env.SIMULATION_RUNS ?? 10_000);
const FIRST_SEED = Number(process.env.SIMULATION_SEED ?? 1);
/** Schedules after which a mutation must have been noticed. */
const MUTATION_BUDGET = 4_000;

/** What went wrong first, with the seed that `npm run simulate -- --seed` replays. */
async function firstFailure(profile: Profile): Promise<string | null> {
  const failure = await search(FIRST_SEED, RUNS, { profile });
  return failure && `seed ${failure.seed}: ${failure.wrong}`;
}

const SCHEDULES = `a third of ${RUNS} schedules from seed ${FIRST_SEED}`;

describe('simulation of the protocol: the real code as tasks, over simulated stores', () => {
  it(`I10: the newest write stands, no deposit is lost and no losing version is forgotten: ${SCHEDULES}`, async () => {
    expect(await firstFailure('clients')).toBeNull();
  }, 900_000);

  it(`I9: both stores end equal, outsiders included: ${SCHEDULES}`, async () => {
    expect(await firstFailure('outsiders')).toBeNull();
  }, 900_000);

  it(`I12: streams lost, Redis wiped, history lost: ${SCHEDULES}`, async () => {
    expect(await firstFailure('disasters')).toBeNull();
  }, 900_000);

  it('replays a seed exactly', async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 60; seed++) {
      const traces = [new Trace(false), new Trace(false)];
      for (const trace of traces) await simulate(scheduleOf(seed), { trace });
      expect(traces[0]?.hash).toBe(traces[1]?.hash);
    }
  });
});

describe('schedules that once showed something', () => {
  it.each(readVectors())('%s', async (_name, { mutation, rule, schedule }) => {
    expect((await simulate(schedule)).wrong).toBeNull();
    if (mutation === 'none') return;
    const { wrong } = await simulate(schedule, { mutation });
    expect(ruleOf(wrong ?? '')).toBe(rule);
  });
});

// A simulation that cannot fail proves nothing: each rule left out must be noticed.
describe('the simulation has teeth', () => {
  it.each(MUTATION_NAMES)(
    'notices %s',
    async (mutation) => {
      const kept = readVectors().filter(([, vector]) => vector.mutation === mutation);
      for (const [, { schedule }] of kept) {
        if ((await simulate(schedule, { mutation })).wrong) return;
      }
      expect(await search(FIRST_SEED, MUTATION_BUDGET, { mutation })).not.toBeNull();
    },
    600_000,
  );
});
