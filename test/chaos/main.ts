import { ChaosUsageError, HELP, parseOptions, type ChaosOptions } from './options.js';
import { isClean } from './report/report.js';
import { textOf } from './report/text.js';
import { ChaosRun, type Progress } from './run.js';

const USAGE = 2;
const INTERRUPTED = 130;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) {
      console.log(HELP);
      return 0;
    }
    return await chaos(options);
  } catch (error) {
    if (!(error instanceof ChaosUsageError)) throw error;
    console.error(`${error.message}\n${HELP}`);
    return USAGE;
  }
}

async function chaos(options: ChaosOptions): Promise<number> {
  const stop = new AbortController();
  process.on('SIGINT', () => interrupt(stop));
  process.on('SIGTERM', () => interrupt(stop));
  const progress = terminalProgress();
  progress.say(`chaos: seed ${options.seed}, ${options.minutes} min, ${options.rate} writes/s`);
  const report = await new ChaosRun(options, progress, stop.signal).run();
  console.log(options.json ? JSON.stringify(report, null, 2) : textOf(report, options));
  return isClean(report) ? 0 : 1;
}

/** The first Ctrl-C ends the faults, compares and reports; the second one ends everything at once. */
function interrupt(stop: AbortController): void {
  if (stop.signal.aborted) process.exit(INTERRUPTED);
  process.stderr.write('\ninterrupted: ending the fault, then comparing; again to end at once\n');
  stop.abort();
}

/** On a terminal one line that is written over each second; elsewhere one line every ten. Never on standard output. */
function terminalProgress(): Progress {
  const { stderr } = process;
  let count = 0;
  return {
    line: (text) => {
      if (stderr.isTTY) stderr.write(`\r\x1b[K${text.slice(0, stderr.columns - 1)}`);
      else if (count++ % 10 === 0) stderr.write(`${text}\n`);
    },
    say: (text) => stderr.write(`${stderr.isTTY ? '\r\x1b[K' : ''}${text}\n`),
  };
}
