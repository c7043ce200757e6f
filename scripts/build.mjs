/** `npm run build` builds everything to dist; `npm run build:<service>` builds one service. */
import './lib/require-node.mjs';
import { buildAll, buildService } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { Failure, runMain } from './lib/step.mjs';

const SERVICES = ['api-gateway', 'user-service', 'event-service', 'sync-service'];

await runMain(async () => {
  const [service] = process.argv.slice(2);
  if (service && !SERVICES.includes(service)) {
    throw new Failure(`There is no service '${service}'. Services: ${SERVICES.join(', ')}.`);
  }
  await ensureInstalled();
  await (service ? buildService(service) : buildAll());
});
