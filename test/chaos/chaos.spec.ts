import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { FAULTS } from './faults/catalog.js';
import { faultPlan } from './faults/plan.js';
import { operation } from './load/operation.js';
import { parseOptions } from './options.js';
import { isClean } from './report/report.js';
import { textOf } from './report/text.js';
import { ChaosRun } from './run.js';
import { Random } from '@redis-mongo-sync/testing';

const SEED = Number(process.env.CHAOS_SEED ?? 20261121);

/** One of each main family; the order and the details follow from the seed. */
const SHORT = ['kill-capture', 'redis-kill', 'redis-del-stream', 'redis-flushall', 'mongo-kill', 'net-reset'];

describe('the plan of a chaos run', () => {
  it('is the same for the same seed, and has every kind once before any comes again', () => {
    const kinds = (seed: number) => {
      const plan = faultPlan(seed);
      return FAULTS.map(() => plan.next().value as { fault: { kind: string }; holdMs: number }).map(
        ({ fault, holdMs }) => `${fault.kind} ${holdMs}`,
      );
    };
    expect(kinds(1)).toEqual(kinds(1));
    expect(kinds(1)).not.toEqual(kinds(2));
    expect(new Set(kinds(1).map((text) => text.split(' ')[0])).size).toBe(FAULTS.length);
  });

  it('has a load that follows from the seed', () => {
    const load = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 200 }, (_, n) => operation(random, n));
    };
    expect(load(7)).toEqual(load(7));
    expect(load(7)).not.toEqual(load(8));
  });

  it.each([['--only', 'nothing'], ['--minutes', '0'], ['--rate', 'x'], ['--bad']])(
    'refuses %s %s',
    (...args) => {
      expect(() => parseOptions(args.filter(Boolean))).toThrow();
    },
  );
});

describeWith(describe, redisUnavailableReason())(`chaos (seed ${SEED})`, () => {
  it('I9, I10, I11: under faults of every family nothing acknowledged is lost, doubled or brought back', async () => {
    const lines: string[] = [];
    const run = new ChaosRun(
      { seed: SEED, minutes: 0.75, rate: 40, only: SHORT },
      { line: () => undefined, say: (line) => lines.push(line) },
      new AbortController().signal,
    );
    const report = await run.run();
    if (!isClean(report)) throw new Error(`${lines.join('\n')}\n${textOf(report, { markdown: false })}`);
    expect(report.faults.length).toBeGreaterThan(0);
    expect(report.records).toBeGreaterThan(100);
  }, 300_000);
});
