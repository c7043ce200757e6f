import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sourceArguments } from '@redis-mongo-sync/testing';
import { Trace } from './engine/trace.js';
import { MUTATION_NAMES } from './mutations.js';
import { ruleOf, scheduleOf, search } from './search.js';
import { simulate } from './simulation.js';
import { readVectors } from './vectors.js';

const RUNS = Number(process.env.SIMULATION_RUNS ?? 10_000);
const FIRST_SEED = Number(process.env.SIMULATION_SEED ?? 1);
/** Schedules after which a mutation must have been noticed. */
const MUTATION_BUDGET = 4_000;

const SCHEDULES = `${RUNS} schedules from seed ${FIRST_SEED}`;

/**
 * Plays schedules as `npm run simulate` does, in processes of its own: what other tests have left switched on in this
 * one (async hooks) makes promises many times slower.
 */
async function simulateApart(...args: readonly string[]): Promise<string> {
  const program = new URL('./main.ts', import.meta.url);
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout } = await promisify(execFile)(process.execPath, sourceArguments(program, ...args), {
    env,
  }).catch(({ stdout: said }: { stdout: string }) => Promise.reject(new Error(said)));
  return stdout;
}

describe('simulation of the protocol: the real code as tasks, over simulated stores', () => {
  let said: string;
  beforeAll(async () => {
    said = await simulateApart('--runs', String(RUNS), '--seed', String(FIRST_SEED));
  }, 900_000);

  it(`I9: both stores end equal, whatever outsiders do: ${SCHEDULES}`, () => {
    expect(said).toContain('nothing wrong');
  });

  it(`I10: the newest write stands, no deposit is lost and no losing version is forgotten: ${SCHEDULES}`, () => {
    expect(said).toMatch(new RegExp(`^schedules\\s+${RUNS.toLocaleString('en-US')} in`, 'm'));
    expect(said).toContain('nothing wrong');
  });

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
