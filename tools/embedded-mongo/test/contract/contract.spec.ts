import { aggregationContract } from './aggregation.contract.js';
import { changeStreamsContract } from './change-streams.contract.js';
import { indexesContract } from './indexes.contract.js';
import { Place } from './place.js';
import { queriesContract } from './queries.contract.js';
import { allTargets } from './targets.js';
import { transactionsContract } from './transactions.contract.js';
import { updatesContract, upsertsContract } from './updates.contract.js';
import { writesContract } from './writes.contract.js';

/** What the project expects of MongoDB, asked of the stand-in and of a real server alike, through the driver. */
const CONTRACTS: Record<string, (place: Place) => void> = {
  queries: queriesContract,
  updates: updatesContract,
  upserts: upsertsContract,
  writes: writesContract,
  indexes: indexesContract,
  aggregation: aggregationContract,
  transactions: transactionsContract,
  'change streams': changeStreamsContract,
};

describe.each(allTargets)('$name', (target) => {
  const { name, unavailable } = target;
  if (unavailable !== undefined) {
    it.skip(`${name} [skipped: ${unavailable}]`, () => undefined);
    return;
  }
  const place = new Place(target);
  beforeAll(() => place.open(), 120_000);
  afterAll(() => place.close());
  for (const [topic, contract] of Object.entries(CONTRACTS)) {
    describe(topic, () => {
      contract(place);
    });
  }
});
