import { HELP, parseOptions, type SimulateOptions } from './cli/options.js';
import { reportMutations } from './cli/mutation-report.js';
import { play } from './cli/play.js';
import { summaryOf, type Tally } from './cli/tally.js';
import { Trace } from './engine/trace.js';
import type { Mutation } from './mutations.js';
import { ruleOf, scheduleOf, shrink, type Failure } from './search.js';
import { simulate } from './simulation.js';
import { writeVector } from './vectors.js';

const INTERRUPTED = 130;
const WRONG_USAGE = 64;

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
process.once('SIGTERM', () => interrupt.abort());
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: SimulateOptions;
  try {
    options = parseOptions(args);
  } catch (error) {
    console.error(`${(error as Error).message}\nnpm run simulate -- --help lists the options`);
    return WRONG_USAGE;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (options.trace) return traceOne(options);
  if (!options.mutations) return playMany(options);
  const noticed = await reportMutations(options.seed, interrupt.signal);
  if (noticed === 'interrupted') {
    console.log('interrupted');
    return INTERRUPTED;
  }
  return noticed === 'all' ? 0 : 1;
}

async function playMany(options: SimulateOptions): Promise<number> {
  const startedAt = Date.now();
  const seconds = () => (Date.now() - startedAt) / 1000;
  const progress = progressLine(options.runs, seconds);
  const { tally, failedSeed, interrupted, memory } = await play(options, interrupt.signal, progress);
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
  console.log(summaryOf(tally, seconds()));
  const early = memory.early > 0 ? `${memory.early} MiB after a tenth, ` : '';
  console.log(`memory of a worker ${early}${memory.last} MiB at the end`);
  if (failedSeed !== null) return tellFailure(failedSeed, options.mutation);
  const { mutation } = options;
  const verdict = mutation === 'none' ? 'nothing wrong' : `nobody noticed ${mutation}`;
  console.log(interrupted ? `interrupted; ${verdict} so far` : verdict);
  return interrupted ? INTERRUPTED : 0;
}

function progressLine(runs: number, seconds: () => number): (tally: Tally) => void {
  let spokenAt = Date.now(); // the first moments say nothing of the rate
  return ({ schedules }) => {
    const every = process.stderr.isTTY ? 500 : 10_000;
    if (Date.now() - spokenAt < every) return;
    spokenAt = Date.now();
    const rate = schedules / seconds();
    const eta = Math.round((runs - schedules) / Math.max(rate, 0.001));
    const line = `${schedules} of ${runs} schedules, ${Math.round(rate)}/s, ${eta} s to go`;
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[2K· ${line}` : `· ${line}\n`);
  };
}

/** Prints the shrunk schedule and its trace, and keeps it as a vector. */
async function tellFailure(seed: number, mutation: Mutation): Promise<number> {
  const schedule = scheduleOf(seed);
  const { wrong } = await simulate(schedule, { mutation });
  if (wrong === null) throw new Error(`seed ${seed} failed in a worker and not here`);
  console.log(`\n✗ seed ${seed}: ${wrong}\nshrinking …`);
  const least: Failure = await shrink({ seed, wrong, schedule }, { mutation });
  const trace = new Trace();
  await simulate(least.schedule, { mutation, trace });
  console.log(`${trace.lines.join('\n')}\n\n✗ ${least.wrong}`);
  console.log(JSON.stringify(least.schedule));
  if (mutation === 'none') {
    const vector = { title: least.wrong, mutation, rule: ruleOf(least.wrong), schedule: least.schedule };
    console.log(`kept as ${writeVector(`seed-${seed}`, vector)}; the test suite replays it from now on`);
  }
  console.log(
    `replay: npm run simulate -- --seed ${seed} --trace${mutation === 'none' ? '' : ` --mutation ${mutation}`}`,
  );
  return 1;
}

async function traceOne({ seed, mutation }: SimulateOptions): Promise<number> {
  const trace = new Trace();
  const schedule = scheduleOf(seed);
  const { wrong } = await simulate(schedule, { mutation, trace });
  console.log(trace.lines.join('\n'));
  console.log(`seed ${seed}, ${schedule.profile}, trace ${trace.hash}: ${wrong ?? 'nothing wrong'}`);
  return wrong ? 1 : 0;
}
