import { getJson, serviceAddresses } from '../service-addresses.mjs';

/** Asks every service how it is; exit code 1 unless all are well. `--verbose` prints the answers. */
export async function run() {
  const verbose = process.argv.includes('--verbose');
  const answers = await Promise.all(
    serviceAddresses().map(async (service) => ({ ...service, ...(await getJson(service.health)) })),
  );
  for (const { name, health, status, body } of answers) {
    const well = status === 200;
    console.log(`${well ? '✓' : '✗'} ${name.padEnd(13)} ${health} ${status || 'no answer'}`);
    if (verbose || (!well && status !== 0)) console.log(JSON.stringify(body, null, 2));
  }
  if (answers.every(({ status }) => status === 0)) console.log('Nothing is running here. Next: npm start');
  return answers.every(({ status }) => status === 200) ? 0 : 1;
}
