import { startEmbeddedMongo } from '../src/index.js';
import { findSuites, type Suite } from './find-suites.js';
import { parseOptions, USAGE, type SpecTestOptions } from './options.js';
import { render } from './report.js';
import { runSuites } from './run-suites.js';

const EXIT_UNEXPLAINED = 1;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.help) {
    print(USAGE);
    return;
  }
  const suites = findSuites(options.folder);
  if (!suites) {
    print(`Skipped: no tests of the unified test format in ${options.folder}.\n${USAGE}`);
    return;
  }
  process.exitCode =
    options.uri === undefined ? await runHere(suites, options) : await runThere(suites, options);
}

/** Against the stand-in every failure is explained, and every test that is listed to fail does. */
async function runHere(suites: Suite[], { only }: SpecTestOptions): Promise<number> {
  const server = await startEmbeddedMongo();
  try {
    const reports = await runSuites(suites, { uri: server.uri, only });
    print(render(reports));
    const clean = reports.every((report) => report.count(undefined) + report.surprises.length === 0);
    return clean ? 0 : EXIT_UNEXPLAINED;
  } finally {
    await server.stop();
  }
}

/** Another server may do what the stand-in refuses. */
async function runThere(suites: Suite[], { only, uri = '' }: SpecTestOptions): Promise<number> {
  const reports = await runSuites(suites, { uri, only });
  print(render(reports));
  return reports.every((report) => report.count(undefined) === 0) ? 0 : EXIT_UNEXPLAINED;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

await main();
