/** `npm run metrics`: prints the sync-service's metrics as JSON. */
import './lib/require-node.mjs';
import './lib/load-env.mjs';
import { addressOf, getJson } from './lib/service-addresses.mjs';
import { Failure, runMain } from './lib/step.mjs';

await runMain(async () => {
  const address = `${addressOf('sync-service')}/metrics`;
  const { status, body } = await getJson(address);
  if (status === 0)
    throw new Failure(`No sync-service answers at ${address} (${body.error}). Next: npm start`);
  console.log(typeof body === 'string' ? body : JSON.stringify(body, null, 2));
  return status === 200 ? 0 : 1;
});
