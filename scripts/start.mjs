/** `npm start`: installs and builds when that is due, then hands over to the launcher (scripts/launcher). */
import './lib/require-node.mjs';
import './lib/load-env.mjs';
import url from 'node:url';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inProject, PROJECT } from './lib/project.mjs';
import { DATA_FOLDER, listRunning, onStopRequest, register } from './lib/running.mjs';
import { runMain } from './lib/step.mjs';

await runMain(async () => {
  const args = process.argv.slice(2);
  await ensureInstalled();
  await ensureBuilt();
  if (args.includes('--service')) useServersOf(listRunning());
  const launcher = inProject('dist/scripts/launcher/launch.js');
  const { launch } = await import(url.pathToFileURL(launcher).href);
  return launch({ args, root: PROJECT, dataFolder: DATA_FOLDER, register, onStopRequest });
});

/** One service alone joins the Redis and MongoDB that an earlier start of this project has running. */
function useServersOf([running]) {
  if (!running) return;
  process.env.REDIS_URL ??= running.redisUrl;
  process.env.MONGODB_URI ??= running.mongoUri;
}
