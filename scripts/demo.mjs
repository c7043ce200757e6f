/** `npm run demo [mongo-first|redis-first]`: performs the flows against the running system and prints each hop's time. */
import './lib/require-node.mjs';
import './lib/load-env.mjs';
import fs from 'node:fs';
import url from 'node:url';
import { inProject } from './lib/project.mjs';
import { listRunning } from './lib/running.mjs';
import { addressOf } from './lib/service-addresses.mjs';
import { Failure, runMain } from './lib/step.mjs';

const NOT_RUNNING =
  'Nothing is running here. Next: npm start (or npm start -- --demo, which does both in one).';

await runMain(async () => {
  const [wanted] = process.argv.slice(2);
  const running = listRunning().find(({ ports }) => ports['api-gateway']);
  if (!running) throw new Failure(NOT_RUNNING);
  const { FLOWS } = await launcherModule('flow.js');
  const { runDemo } = await launcherModule('run-demo.js');
  const flows = FLOWS.filter(({ name }) => !wanted || name === wanted);
  if (flows.length === 0)
    throw new Failure(`There is no flow '${wanted}'. Flows: ${FLOWS.map(({ name }) => name).join(', ')}.`);
  let ok = true;
  for (const flow of flows) {
    ok =
      (await runDemo(flow, { gatewayUrl: addressOf('api-gateway'), servers: running, say: console.log })) &&
      ok;
  }
  return ok ? 0 : 1;
});

function launcherModule(name) {
  const file = inProject('dist/scripts/launcher/demo', name);
  if (!fs.existsSync(file)) throw new Failure('The project has not been built. Next: npm run build');
  return import(url.pathToFileURL(file).href);
}
