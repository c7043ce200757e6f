import { fileURLToPath } from 'node:url';
import { parseOptions, type BenchOptions } from './options.js';
import { Progress } from './progress.js';
import type { Figure } from './report/figure.js';
import { describeMachine } from './report/machine.js';
import { writeResults, type Results } from './report/results.js';
import { tableOf, targetTableOf } from './report/table.js';
import { targetsOf } from './report/targets.js';
import { calibration } from './scenarios/calibration.js';
import { httpWrites } from './scenarios/http-writes.js';
import { mongoToRedis } from './scenarios/mongo-to-redis.js';
import { redisToMongo } from './scenarios/redis-to-mongo.js';
import { onRig, type Scenario } from './scenarios/scenario.js';
import { steadyLag } from './scenarios/steady-lag.js';
import { streamToRedis } from './scenarios/stream-to-redis.js';
import { writeThroughput } from './scenarios/write-throughput.js';

const SCENARIOS: readonly Scenario[] = [
  calibration,
  streamToRedis,
  mongoToRedis,
  redisToMongo,
  writeThroughput,
  httpWrites,
  steadyLag,
];

const INTERRUPTED = 130;

const HELP = `npm run bench -- [options] [scenario …]
  --quick      a look in less than a minute; figures mean little
  --cpu-prof   the sync-service writes CPU profiles to reports/bench/profiles
scenarios (all, unless some are named):
${SCENARIOS.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`).join('\n')}
A full run writes bench/results/latest.json and .svg; any other writes the same to reports/bench.`;

// Every server, process and folder is under guard: they end with this process, however it ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.stderr.write('interrupted; servers are being stopped\n');
    process.exit(INTERRUPTED);
  });
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(
    args,
    SCENARIOS.map(({ name }) => name),
  );
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const results = await run(
    options,
    ['npm run bench', ...(args.length > 0 ? ['--'] : []), ...args].join(' '),
  );
  print(results);
  const folder = isFull(options) ? 'results' : '../reports/bench';
  await writeResults(fileURLToPath(new URL(folder, import.meta.url)), results);
  const right = results.figures.every(
    ({ comparison }) => !comparison || (comparison.lost + comparison.different === 0 && comparison.balanced),
  );
  return right ? 0 : 1;
}

async function run(options: BenchOptions, command: string): Promise<Results> {
  const chosen = SCENARIOS.filter(
    ({ name }) => options.scenarios.length === 0 || options.scenarios.includes(name),
  );
  const { scale, cpuProfile } = options;
  const silent = { scale, cpuProfile, say: () => undefined, progress: () => undefined };
  const machine = await onRig(silent, ({ redis, mongo }) => describeMachine(redis, mongo));
  const figures: Figure[] = [];
  for (const scenario of chosen) {
    const { say, progress } = new Progress(scenario.name);
    say(scenario.about);
    figures.push(...(await scenario.run({ scale, cpuProfile, say, progress })));
  }
  return { date: new Date().toISOString(), command, machine, figures, targets: targetsOf(figures) };
}

function print({ machine, figures, targets }: Results): void {
  console.log(`\n${machine.cores} cores (${machine.cpu}), Node ${machine.node}, Redis ${machine.redis}`);
  console.log(`MongoDB: ${machine.mongo}\n`);
  console.log(tableOf(figures));
  if (targets.length > 0) console.log(`\n${targetTableOf(targets)}`);
}

function isFull({ quick, scenarios }: BenchOptions): boolean {
  return !quick && scenarios.length === 0;
}
