import { aggregationContract } from './aggregation.contract.js';
import { changeStreamsContract } from './change-streams.contract.js';
import { conflictsContract } from './conflicts.contract.js';
import { idsContract } from './ids.contract.js';
import { indexesContract } from './indexes.contract.js';
import { pipelinesContract } from './pipelines.contract.js';
import { multiStreamsContract } from './multi-streams.contract.js';
import { Place } from './place.js';
import { queriesContract } from './queries.contract.js';
import { allTargets } from './targets.js';
import { transactionsContract } from './transactions.contract.js';
import { typedQueriesContract } from './typed-queries.contract.js';
import { updatesContract, upsertsContract } from './updates.contract.js';
import { writesContract } from './writes.contract.js';

/** What the project expects of MongoDB, asked of the stand-in and of a real server alike, through the driver. */
const CONTRACTS: Record<string, (place: Place) => void> = {
  ids: idsContract,
  queries: queriesContract,
  'typed queries': typedQueriesContract,
  updates: updatesContract,
  'update pipelines': pipelinesContract,
  upserts: upsertsContract,
  writes: writesContract,
  indexes: indexesContract,
  aggregation: aggregationContract,
  transactions: transactionsContract,
  conflicts: conflictsContract,
  'change streams': changeStreamsContract,
  'streams over collections': multiStreamsContract,
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
