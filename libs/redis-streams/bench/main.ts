/**
 * `npm run tool -- bench-messaging [--rounds 3] [--events 5000] [--concurrency 50] [--rate 200] [--markdown | --json]`:
 * our bus beside BullMQ and Nest's own Redis transport, in one run, on one private redis-server. Progress goes to
 * stderr, the report to stdout. Exit codes: 0 measured, 1 failed, 2 wrong option, 130 Ctrl-C.
 */
import { startPrivateRedis } from '@redis-mongo-sync/dev-servers';
import { cpus, loadavg } from 'node:os';
import { connect } from '../src/connections.js';
import { isError } from '../src/is-error.js';
import { CONTESTANTS } from './contestants/index.js';
import { parseOptions, USAGE, type BenchOptions } from './options.js';
import { tableOf } from './report.js';
import { runTurn, warmUp, type RoundFigures } from './round.js';

async function main(options: BenchOptions, signal: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  const loadBefore = loadavg()[0];
  const rounds = await runRounds(options, signal);
  const machine = {
    node: process.version,
    cpus: cpus().length,
    loadBefore: round(loadBefore),
    loadAfter: round(loadavg()[0]),
    seconds: Math.round((Date.now() - startedAt) / 1_000),
  };
  if (options.output === 'json') return print(JSON.stringify({ options, machine, rounds }, null, 2));
  print(tableOf({ contestants: CONTESTANTS, rounds }, options.output === 'markdown'));
  print('');
  print(
    `${options.rounds} rounds in ${machine.seconds} s: median (lowest–highest). ${options.events} events each, concurrency ` +
      `${options.concurrency}. Node ${machine.node}, ${machine.cpus} CPUs, load ${machine.loadBefore} before and ` +
      `${machine.loadAfter} after; figures of a busy machine are lower.`,
  );
}

async function runRounds(
  options: BenchOptions,
  signal: AbortSignal,
): Promise<readonly (readonly RoundFigures[])[]> {
  const server = await startPrivateRedis({ appendonly: true, config: { appendfsync: 'everysec' } });
  const redis = connect({ url: server.url, profile: 'commands' });
  const { url, host, port } = server;
  const place = { url, host, port, concurrency: options.concurrency };
  const rounds: RoundFigures[][] = [];
  const say = (line: string): void => void process.stderr.write(`· ${line}\n`);
  const setting = { place, redis, options, signal };
  try {
    say('warming up');
    for (const contestant of CONTESTANTS) await warmUp(contestant, { ...setting, say });
    for (let number = 1; number <= options.rounds; number += 1) {
      const sayRound = (line: string): void => say(`round ${number} of ${options.rounds}, ${line}`);
      const figures: RoundFigures[] = [];
      // Whoever comes first in one round comes last in the next: a machine warms up, and others use it too.
      const order = number % 2 === 1 ? CONTESTANTS : [...CONTESTANTS].reverse();
      for (const contestant of order) figures.push(await runTurn(contestant, { ...setting, say: sayRound }));
      rounds.push(figures);
    }
    return rounds;
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

const round = (value = 0): number => Math.round(value * 10) / 10;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function optionsOrEnd(): BenchOptions | undefined {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (!options.help) return options;
    print(USAGE);
  } catch (error) {
    process.stderr.write(`${isError(error) ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
  }
  return undefined;
}

const options = optionsOrEnd();
if (options) {
  const stopping = new AbortController();
  const stop = (): void => {
    process.stderr.write('· stopping …\n');
    stopping.abort(new Error('stopped'));
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, stop);
  try {
    await main(options, stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    process.exitCode = 130;
  }
}
