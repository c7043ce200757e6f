/** `npm run embedded-mongo -- --port 27017 --dbpath .data/embedded-mongo`: the stand-in for MongoDB alone. */
import './lib/require-node.mjs';
import url from 'node:url';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inProject } from './lib/project.mjs';
import { runMain } from './lib/step.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt();
  await import(url.pathToFileURL(inProject('tools/embedded-mongo/dist/main.js')).href);
});
