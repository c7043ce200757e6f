import type { AnyBulkWriteOperation, Collection, MongoClient } from 'mongodb';
import { EchoClient } from './echo-client.js';
import { messageSizes } from './message-sizes.js';
import { perSecond } from './pace.js';

export interface Rate {
  what: string;
  perSecond: number;
  /** The same number of messages of the same sizes over a bare echo, counted the same way. */
  echoPerSecond: number;
  goal: number;
}

interface Doc {
  _id: number;
  name: string;
  n: number;
}

interface Scenario {
  what: string;
  goal: number;
  inFlight: number;
  /** What one operation counts for. */
  counts: number;
  operation: (docs: Collection<Doc>) => () => Promise<unknown>;
}

const RUN_MS = 4_000;
const WARM_UP_MS = 1_000;
const IN_FLIGHT = 16;
const BULK = 1_000;
let nextId = 0;

const newDoc = (): Doc => ({ _id: nextId++, name: `user number ${nextId}`, n: 0 });
const anyId = () => Math.floor(Math.random() * nextId);
const increment = () => ({ filter: { _id: anyId() }, update: { $inc: { n: 1 } } });

const SCENARIOS: readonly Scenario[] = [
  {
    what: `insertOne, ${IN_FLIGHT} in flight`,
    goal: 1_500,
    inFlight: IN_FLIGHT,
    counts: 1,
    operation: (docs) => () => docs.insertOne(newDoc()),
  },
  {
    what: `updateOne, ${IN_FLIGHT} in flight`,
    goal: 1_500,
    inFlight: IN_FLIGHT,
    counts: 1,
    operation: (docs) => () => {
      const { filter, update } = increment();
      return docs.updateOne(filter, update);
    },
  },
  {
    what: `bulkWrite of ${BULK} updates`,
    goal: 15_000,
    inFlight: 1,
    counts: BULK,
    operation: (docs) => () => {
      const updates = Array.from({ length: BULK }, (): AnyBulkWriteOperation<Doc> => ({
        updateOne: increment(),
      }));
      return docs.bulkWrite(updates, { ordered: false });
    },
  },
];

/** Writes per second, each scenario directly before its echo. */
export async function writeRates(client: MongoClient, uri: string, echoPort: number): Promise<Rate[]> {
  const rates: Rate[] = [];
  const collectionOf = (of: MongoClient) => of.db('bench').collection<Doc>('docs');
  await collectionOf(client).createIndex({ name: 1 });
  for (const { what, goal, inFlight, counts, operation } of SCENARIOS) {
    const run = operation(collectionOf(client));
    await perSecond(run, { inFlight, forMs: WARM_UP_MS });
    const rate = counts * (await perSecond(run, { inFlight, forMs: RUN_MS }));
    const sizes = await messageSizes(uri, (observed) => operation(collectionOf(observed))());
    const echoes = await Promise.all(
      Array.from({ length: inFlight }, () => EchoClient.open(echoPort, sizes)),
    );
    const echoRate = await perSecond((hand) => echoes[hand]?.roundTrip() ?? Promise.resolve(), {
      inFlight,
      forMs: RUN_MS / 2,
    });
    for (const echo of echoes) echo.close();
    rates.push({ what, goal, perSecond: rate, echoPerSecond: counts * echoRate });
  }
  return rates;
}
