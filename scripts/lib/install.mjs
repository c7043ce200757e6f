import fs from 'node:fs';
import { inProject } from './project.mjs';
import { lastLines, runNpm } from './run.mjs';
import { Failure, startStep } from './step.mjs';

/**
 * Installs what is missing or differs from package-lock.json; says what. The product alone by default; with
 * `development` also what only tests and checks need. Steps are told to `out`.
 */
export async function ensureInstalled(out = process.stdout, { development = false } = {}) {
  const installed = readJson('node_modules/.package-lock.json');
  const why = whyInstall(readJson('package-lock.json'), installed, { development });
  if (!why) return;
  const command = commandFor(installed, development);
  const step = startStep(`installing dependencies (npm ${command.join(' ')}): ${why}`, out);
  const { code, output } = await runNpm([...command, '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) {
    step.fail(`npm ${command[0]} failed`);
    throw new Failure(
      `${lastLines(output, 15)}\n\nNext: see above; behind a proxy set "npm config set proxy", then run this again.`,
    );
  }
  step.done('dependencies installed');
}

/**
 * `npm ci` begins by removing everything, under the feet of services that run. So it makes the first installation
 * only; later ones add and change what is due, and leave the lockfile as it is.
 */
function commandFor(installed, development) {
  if (installed) return ['install', '--no-save'];
  return development ? ['ci'] : ['ci', '--omit=dev'];
}

/**
 * Why an installation is due, or undefined. npm keeps a lockfile of what it really installed in node_modules: compared
 * package by package, it is right however that installation was made, and after an interrupted one.
 */
export function whyInstall(wanted, installed, { development = false } = {}) {
  if (!wanted) return undefined; // nothing to compare with: leave it to the person who removed it
  if (!installed) return 'node_modules is missing or incomplete';
  const stale = Object.entries(wanted.packages)
    .filter(([path, { optional, devOptional }]) => path !== '' && !optional && !devOptional)
    .filter(([, { dev }]) => development || !dev)
    .find(([path, { version }]) => !installed.packages[path] || installed.packages[path].version !== version);
  return stale && `${stale[0].replace(/^.*node_modules\//, '')} differs from package-lock.json`;
}

function readJson(path) {
  try {
    return JSON.parse(fs.readFileSync(inProject(path), 'utf8'));
  } catch {
    return undefined;
  }
}
