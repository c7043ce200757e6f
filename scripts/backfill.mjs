/** `npm run backfill -- --from mongo|redis …`: copies one store's records to the other (apps/sync-service/src/backfill). */
import './lib/require-node.mjs';
import './lib/load-env.mjs';
import url from 'node:url';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inProject } from './lib/project.mjs';
import { listRunning } from './lib/running.mjs';
import { runMain } from './lib/step.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt();
  // What `npm start` chose here, unless the environment says otherwise.
  const [running] = listRunning();
  if (running) {
    process.env.REDIS_URL ||= running.redisUrl;
    process.env.MONGODB_URI ||= running.mongoUri;
  }
  await import(url.pathToFileURL(inProject('dist/apps/sync-service/src/backfill/main.js')).href);
  return process.exitCode;
});
