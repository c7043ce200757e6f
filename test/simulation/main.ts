import { HELP, parseOptions, type SimulateOptions } from './cli/options.js';
import { play } from './cli/play.js';
import { summaryOf, type Tally } from './cli/tally.js';
import { Trace } from './engine/trace.js';
import { MUTATION_NAMES, type Mutation } from './mutations.js';
import { ruleOf, scheduleOf, search, shrink, type Failure } from './search.js';
import { simulate } from './simulation.js';
import { writeVector } from './vectors.js';

const INTERRUPTED = 130;
/** Schedules after which a mutation counts as not noticed. */
const MUTATION_BUDGET = 60_000;

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
process.once('SIGTERM', () => interrupt.abort());
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: SimulateOptions;
  try {
    options = parseOptions(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    return 64;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (options.trace) return traceOne(options);
  return options.mutations ? reportMutations(options) : playMany(options);
}

async function playMany(options: SimulateOptions): Promise<number> {
  const startedAt = Date.now();
  const seconds = () => (Date.now() - startedAt) / 1000;
  const progress = progressLine(options.runs, seconds);
  const { tally, failedSeed, interrupted } = await play(options, interrupt.signal, progress);
  process.stderr.write('\n');
  console.log(summaryOf(tally, seconds()));
  if (failedSeed !== null) return tellFailure(failedSeed, options.mutation);
  console.log(interrupted ? 'interrupted; nothing wrong so far' : 'nothing wrong');
  return interrupted ? INTERRUPTED : 0;
}

function progressLine(runs: number, seconds: () => number): (tally: Tally) => void {
  let spokenAt = 0;
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

async function reportMutations({ seed }: SimulateOptions): Promise<number> {
  const missed: string[] = [];
  for (const mutation of MUTATION_NAMES) {
    if (interrupt.signal.aborted) return INTERRUPTED;
    const failure = await search(seed, MUTATION_BUDGET, { mutation });
    if (!failure) missed.push(mutation);
    const found = failure
      ? `seed ${String(failure.seed).padStart(6)} after ${String(failure.seed - seed + 1).padStart(6)}: ${failure.wrong}`
      : `not noticed in ${MUTATION_BUDGET} schedules`;
    console.log(`${failure ? '✓' : '✗'} ${mutation.padEnd(32)} ${found.slice(0, 150)}`);
  }
  console.log(`${MUTATION_NAMES.length - missed.length} of ${MUTATION_NAMES.length} mutations noticed`);
  return missed.length > 0 ? 1 : 0;
}
