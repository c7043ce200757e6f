import { randomBytes } from 'node:crypto';
import type { Fault, FaultContext, Heal } from './fault.js';

const NOISE = 6_000;
const STEP_DOWN_SECONDS = 3;

export const MONGO_FAULTS: readonly Fault[] = [
  {
    kind: 'mongo-restart',
    family: 'mongo',
    hold: [500, 4_000],
    strike: async ({ world }) => {
      await world.mongo.kill('SIGTERM');
      return () => world.mongo.restart();
    },
  },
  {
    kind: 'mongo-kill',
    family: 'mongo',
    hold: [100, 4_000],
    strike: async ({ world }) => {
      await world.mongo.kill('SIGKILL');
      return () => world.mongo.restart();
    },
  },
  {
    kind: 'mongo-freeze',
    family: 'mongo',
    hold: [500, 7_000],
    strike: async ({ world }) => {
      await world.mongo.freeze();
      return () => world.mongo.thaw();
    },
  },
  {
    kind: 'mongo-history-lost',
    family: 'mongo',
    hold: [0, 0],
    skip: ({ mongo }) =>
      mongo.kind === 'real' ? "a real server's oplog has at least 990 MB: too much to pass here" : undefined,
    strike: historyLost,
  },
  {
    kind: 'mongo-step-down',
    family: 'mongo',
    hold: [STEP_DOWN_SECONDS * 1_000, STEP_DOWN_SECONDS * 1_000],
    strike: async ({ world }) => {
      await world.client
        .db('admin')
        .command({ replSetStepDown: STEP_DOWN_SECONDS, force: true })
        .catch(() => undefined); // the answer may be that the connection is closed
      return () => Promise.resolve();
    },
  },
];

/** Both sync-services are down while more is written – elsewhere – than the oplog holds. */
async function historyLost({ world }: FaultContext): Promise<Heal> {
  const ids = ['sync-a', 'sync-b'] as const;
  for (const id of ids) world.down.add(id);
  await Promise.all(ids.map((id) => world.services[id].end('SIGKILL')));
  const noise = world.client.db(`noise_${randomBytes(4).toString('hex')}`).collection('noise');
  for (let done = 0; done < NOISE; done += 1_000) {
    await noise.insertMany(Array.from({ length: 1_000 }, (_, n) => ({ n: done + n })));
  }
  await noise.drop();
  return async () => {
    await Promise.all(ids.map((id) => world.services[id].launch()));
    for (const id of ids) world.down.delete(id);
  };
}
