/** `npm run example -- saga`: one of the patterns of libs/redis-streams, against a Redis of its own. */
import './lib/require-node.mjs';
import url from 'node:url';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inProject } from './lib/project.mjs';
import { runMain } from './lib/step.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt();
  await import(url.pathToFileURL(inProject('dist/libs/redis-streams/examples/main.js')).href);
  return process.exitCode;
});
