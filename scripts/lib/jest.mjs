import childProcess from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { inProject, PROJECT } from './project.mjs';
import { runNode } from './run.mjs';

const JEST = inProject('node_modules/jest/bin/jest.js');
const REPORTER = inProject('scripts/lib/jest-counts-reporter.mjs');
const SERVER_STARTERS = ['process/server-process.ts', 'mongo/private-mongo.ts'].map(
  (file) => `tools/dev-servers/src/${file}`,
);
/** The exit code after Ctrl-C. */
export const INTERRUPTED = 130;
const STOP_TIMEOUT_MS = 8_000;
const NODE_OPTIONS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

function jestEnvironment(extra) {
  return {
    ...process.env,
    ...extra,
    NODE_OPTIONS: [process.env.NODE_OPTIONS, ...NODE_OPTIONS].filter(Boolean).join(' '),
  };
}

/**
 * Runs jest to its end with everything temporary below `scratch`. Ctrl-C reaches jest through the terminal; it gets
 * some seconds to end, a second Ctrl-C (or the time running out) ends it at once.
 */
export async function runJest(args, { scratch, env = {} }) {
  const countsFile = path.join(scratch, 'counts.json');
  const own = [
    `--reporters=default`,
    `--reporters=${REPORTER}`,
    `--cacheDirectory=${inProject('.cache/jest')}`,
  ];
  const child = childProcess.spawn(process.execPath, [JEST, ...own, ...args], {
    cwd: PROJECT,
    stdio: 'inherit',
    env: jestEnvironment({
      ...env,
      RMS_TEST_COUNTS: countsFile,
      TMPDIR: scratch,
      TMP: scratch,
      TEMP: scratch,
    }),
  });
  const exitCode = await exitOf(child);
  return { exitCode, counts: readCounts(countsFile) };
}

/** The spec files from which no import leads to code that starts a server, by jest's own graph of imports. */
export async function listUnitTests() {
  const list = async (args) => {
    const { output } = await runNode([JEST, '--listTests', ...args], { env: jestEnvironment({}) });
    return output.split('\n').filter((line) => line.endsWith('.spec.ts'));
  };
  const all = await list([]);
  const withServers = new Set(await list(['--findRelatedTests', ...SERVER_STARTERS]));
  return all.filter((file) => !withServers.has(file));
}

function exitOf(child) {
  let forced;
  const interrupt = (signal) => {
    if (forced) return void child.kill('SIGKILL');
    if (signal !== 'SIGINT') child.kill(signal); // SIGINT comes from the terminal and has reached jest already
    forced = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  signals.forEach((signal) => process.on(signal, interrupt));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(forced);
      signals.forEach((signal) => process.off(signal, interrupt));
      resolve(forced ? INTERRUPTED : (code ?? 1));
    });
  });
}

function readCounts(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }; // jest never came to its end
  }
}
