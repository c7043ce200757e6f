import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS } from '@redis-mongo-sync/sync-core';
import { ADMIN_TOKEN, Services } from '../../support/services.js';
import { eventually } from '@redis-mongo-sync/testing';
import { Campaign, type CampaignOptions } from './campaign.js';
import type { Tally } from './tally.js';

const SECRET = 'fuzz-top-secret';
const SECRETS = [ADMIN_TOKEN, SECRET, 'mongodb://', 'redis://'];

/** Users with credentials in MongoDB, as another service would leave them there. */
async function insertSecrets({ client, mongo }: Services): Promise<void> {
  const users = client.db(mongo.database).collection('users');
  await users.insertMany(
    Array.from({ length: 20 }, (_, n) => ({
      email: `u${n}@fuzz.example.org`,
      name: `User ${n}`,
      wallet: { balance: n },
      passwordHash: `${SECRET}-hash`,
      refreshTokens: [`${SECRET}-token`],
      twoFA: { secret: SECRET },
    })),
  );
}

/** Entries that no consumer can apply, and that the ledger knows of. */
async function insertDeadLetters({ redis }: Services, perStream: number): Promise<void> {
  for (const direction of DIRECTIONS) {
    const step = redis.multi();
    for (let n = 0; n < perStream; n += 1) {
      step.xadd(KEYS.stream(direction), '*', 'event', `{"passwordHash":"${SECRET}","n":${n}`);
      step.hincrby(KEYS.ledger(direction), 'captured', 1);
    }
    await step.exec();
    await eventually(async () => (await redis.xlen(KEYS.deadLetters(direction))) === perStream);
  }
}

export type FuzzOptions = Pick<CampaignOptions, 'requests' | 'seed' | 'onProgress' | 'signal'>;

/** A campaign against a product of its own, with a look at it afterwards. Faults of both are in the tally. */
export async function fuzzHttp(options: FuzzOptions): Promise<Tally> {
  const product = await Services.start('child');
  try {
    await insertSecrets(product);
    await product.settled();
    await insertDeadLetters(product, 20);
    const campaign = await Campaign.prepare({
      ...options,
      product,
      adminToken: ADMIN_TOKEN,
      secrets: SECRETS,
    });
    const pids = pidsOf(product);
    const tally = await campaign.run();
    await lookAfterwards(product, pids, tally);
    return tally;
  } finally {
    await product.stop();
  }
}

const pidsOf = ({ all }: Services) => all.map(({ pid }) => pid);

async function lookAfterwards(product: Services, pids: readonly number[], tally: Tally): Promise<void> {
  const note = (what: string, reason: unknown) =>
    tally.fail('afterwards', what, { curl: () => '(none)', answer: String(reason) });
  for (const { name, url, output } of product.all) {
    const path = name === 'user-service' ? '/users/health' : '/health';
    const status = await fetch(url + path).then(
      (response) => response.status,
      () => 0,
    );
    if (status !== 200) note(`${name} is not well: ${status}`, output.slice(-5).join('\n'));
    const failures = output.filter(
      (line) => /"level":"(error|fatal)"/.test(line) && !line.includes('Health Check has failed'),
    );
    if (failures.length > 0) note(`${name} logged errors`, failures.slice(0, 3).join('\n'));
    if (SECRETS.slice(0, 2).some((secret) => output.join('\n').includes(secret))) {
      note(
        `${name} logged a secret`,
        output.find((line) => SECRETS.some((secret) => line.includes(secret))),
      );
    }
  }
  if (pidsOf(product).join() !== pids.join()) note('a process was replaced', pids);
  await product.settled().catch((error: unknown) => note('the stores do not end equal', error));
}
