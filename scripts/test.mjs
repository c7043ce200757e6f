/** `npm test`: installs and builds when that is due, then runs jest against private, throw-away servers. */
import './lib/require-node.mjs';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import url from 'node:url';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { INTERRUPTED, listUnitTests, runJest } from './lib/jest.mjs';
import { inProject } from './lib/project.mjs';
import { Failure, runMain } from './lib/step.mjs';
import { parseTestArguments, TEST_HELP } from './lib/test-options.mjs';
import { exitCodeOf, summaryLine } from './lib/test-summary.mjs';

await runMain(async () => {
  const options = parseTestArguments(process.argv.slice(2));
  if (options.help) return void console.log(TEST_HELP);
  await ensureInstalled(process.stdout, { development: true });
  if (options.unit) return runTests([...(await unitTests()), ...options.jest], 'none');
  await ensureBuilt();
  return runTests(options.jest, await prepareServers(options));
});

async function unitTests() {
  const files = await listUnitTests();
  if (files.length === 0) throw new Failure('There is no test that needs no server.');
  return ['--runTestsByPath', ...files];
}

/** Which servers the tests are to use: `local` or `docker`. Says so when something is amiss. */
async function prepareServers({ docker, mayInstall }) {
  const library = inProject('tools/dev-servers/dist/index.js');
  const { ensureRedisServer, dockerUnavailableReason } = await import(url.pathToFileURL(library).href);
  if (docker) {
    const reason = await dockerUnavailableReason();
    if (!reason) return 'docker';
    if (process.env.CI === 'true') throw new Failure(`--docker: ${reason}`);
    console.log(`! --docker: ${reason} The tests run against this machine's servers instead.`);
  }
  const redis = await ensureRedisServer({ mayInstall, say: (line) => console.log(line) });
  if (redis.outcome === 'missing') console.log(`! ${redis.advice}\n  Tests that need Redis are skipped.`);
  return 'local';
}

async function runTests(jestArguments, servers) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'rms-test-'));
  fs.chmodSync(scratch, 0o711); // PostgreSQL does not run as root: its user has to get through to its own folder
  try {
    const { exitCode, counts } = await runJest(jestArguments, {
      scratch,
      env: { RMS_TEST_SERVERS: servers },
    });
    if (exitCode === INTERRUPTED) console.log('Interrupted.');
    else if (counts.passed + counts.failed === 0) console.log('No test ran.');
    console.log(summaryLine(counts));
    return exitCodeOf(exitCode, counts);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
