/** `node scripts/run-built.mjs libs/x/y.js …`: installs and builds when that is due, then runs that part of `dist`. */
import './lib/require-node.mjs';
import url from 'node:url';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inProject } from './lib/project.mjs';
import { runMain } from './lib/step.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const [module] = process.argv.splice(2, 1);
  await import(url.pathToFileURL(inProject('dist', module)).href);
  return process.exitCode;
});
