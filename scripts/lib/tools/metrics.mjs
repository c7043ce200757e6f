import { addressOf, getJson } from '../service-addresses.mjs';
import { Failure } from '../step.mjs';

/** Prints the sync-service's metrics as JSON. */
export async function run() {
  const address = `${addressOf('sync-service')}/metrics`;
  const { status, body } = await getJson(address);
  if (status === 0)
    throw new Failure(`No sync-service answers at ${address} (${body.error}). Next: npm start`);
  console.log(typeof body === 'string' ? body : JSON.stringify(body, null, 2));
  return status === 200 ? 0 : 1;
}
