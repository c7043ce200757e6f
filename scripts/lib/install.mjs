import fs from 'node:fs';
import { inProject } from './project.mjs';
import { lastLines, runNpm } from './run.mjs';
import { Failure, startStep } from './step.mjs';

/** Runs `npm ci` when dependencies are missing or differ from package-lock.json; says which. Steps are told to `out`. */
export async function ensureInstalled(out = process.stdout) {
  const why = whyInstall(readJson('package-lock.json'), readJson('node_modules/.package-lock.json'));
  if (!why) return;
  const step = startStep(`installing dependencies (npm ci): ${why}`, out);
  const { code, output } = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) {
    step.fail('npm ci failed');
    throw new Failure(
      `${lastLines(output, 15)}\n\nNext: see above; behind a proxy set "npm config set proxy", then run this again.`,
    );
  }
  step.done('dependencies installed');
}

/**
 * Why an installation is due, or undefined. npm keeps a lockfile of what it really installed in node_modules: compared
 * package by package, it is right however that installation was made, and after an interrupted one.
 */
export function whyInstall(wanted, installed) {
  if (!wanted) return undefined; // nothing to compare with: leave it to the person who removed it
  if (!installed) return 'node_modules is missing or incomplete';
  const stale = Object.entries(wanted.packages)
    .filter(([path, entry]) => path !== '' && !entry.optional && !entry.devOptional && !entry.link)
    .find(([path, entry]) => installed.packages[path]?.version !== entry.version);
  return stale && `${stale[0].replace(/^.*node_modules\//, '')} differs from package-lock.json`;
}

function readJson(path) {
  try {
    return JSON.parse(fs.readFileSync(inProject(path), 'utf8'));
  } catch {
    return undefined;
  }
}
