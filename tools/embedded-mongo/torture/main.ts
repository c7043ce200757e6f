import { parseOptions, USAGE, UsageError } from './options.js';
import { torture, type TortureReport } from './torture.js';

const PROGRESS_EVERY = 20;

async function main(): Promise<void> {
  const { help, ...options } = parseOptions(process.argv.slice(2));
  if (help) {
    print(USAGE);
    return;
  }
  print(`kills ${options.kills}, writers ${options.writers}, seed ${options.seed}, fsync ${options.fsync}`);
  const report = await torture(options, (kill) => {
    if (kill % PROGRESS_EVERY === 0) print(`${kill} kills`);
  });
  print(table(report));
  if (!isClean(report)) process.exitCode = 1;
}

function isClean({ lost, twice, duplicatedEvents, missingEvents, surprises }: TortureReport): boolean {
  return [lost, twice, duplicatedEvents, missingEvents, surprises].every(({ length }) => length === 0);
}

function table(report: TortureReport): string {
  const { lost, twice, duplicatedEvents, missingEvents, surprises } = report;
  return [
    '| kills | acknowledged | in doubt | lost | twice | events | duplicated events | missing events | longest restart |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    `| ${[
      report.kills,
      report.acknowledged,
      report.inDoubt,
      lost.length,
      twice.length,
      report.events,
      duplicatedEvents.length,
      missingEvents.length,
      `${Math.round(report.longestRestartMs)} ms`,
    ].join(' | ')} |`,
    ...[...lost, ...twice, ...duplicatedEvents, ...missingEvents, ...surprises].map((line) => `- ${line}`),
  ].join('\n');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(error instanceof UsageError ? `${error.message}\n${USAGE}\n` : `${String(error)}\n`);
  process.exitCode = 1;
});
