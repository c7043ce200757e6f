/** `npm run reconcile -- [--full] [--repair] …`: compares both stores through the sync-service (apps/sync-service/src/reconcile). */
import './lib/require-node.mjs';
import './lib/load-env.mjs';
import url from 'node:url';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inProject } from './lib/project.mjs';
import { addressOf } from './lib/service-addresses.mjs';
import { runMain } from './lib/step.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt();
  process.env.SYNC_SERVICE_URL ||= addressOf('sync-service');
  await import(url.pathToFileURL(inProject('dist/apps/sync-service/src/reconcile/main.js')).href);
  return process.exitCode;
});
