import { RedisCaptureJournal } from '@redis-mongo-sync/sync-adapters';
import {
  EVENT_FIELD,
  changeEvent,
  formatEvent,
  nextVersion,
  payloadOf,
  USERS,
  type ChangeEvent,
} from '@redis-mongo-sync/sync-core';
import { compare } from '../compare.js';
import { settledCount, watchDrain } from '../drain.js';
import type { NaiveAnswer, NaiveTask } from '../processes/naive-consumer.js';
import { keyOf, profileOf, type AcknowledgedWrites } from '../records.js';
import { inProcess } from '../rig/worker.js';
import type { Rig } from '../rig/rig.js';
import { onRig, type Scenario } from './scenario.js';

const PUBLISH_BATCH = 1000;
const NAIVE_STREAM = 'bench:naive';

/** The consumer alone: a stream that is already filled, conditional writes in Redis; MongoDB has nothing to do. */
export const streamToRedis: Scenario = {
  name: 'stream-to-redis',
  about: 'drains mongo_changes into Redis by conditional writes; MongoDB is idle',
  run: (context) =>
    onRig(context, async (rig) => {
      const { backlog, naive } = context.scale;
      await rig.onceSynced();
      context.say(`filling mongo_changes with ${backlog} entries`);
      const acknowledged = await publish(rig, backlog);
      const before = await settledCount(rig, 'mongo-to-redis');
      await rig.startSync();
      const drain = await watchDrain(rig, 'mongo-to-redis', {
        before,
        events: backlog,
        onSettled: (settled) => context.progress(`${settled} of ${backlog} entries applied`),
      });
      await rig.quiet();
      await rig.stopSync();
      const comparison = await compare(rig, acknowledged, ['redis']);

      context.say(`a naive consumer on ${naive} entries`);
      await fillNaive(rig, naive);
      const { seconds } = await inProcess<NaiveTask, NaiveAnswer>('naive-consumer', {
        redisUrl: rig.server.url,
        stream: NAIVE_STREAM,
        entries: naive,
      });
      return [
        {
          scenario: 'stream-to-redis',
          what: 'stream → conditional write in Redis',
          events: drain.events,
          perSecond: drain.events / drain.seconds,
          beside: { what: 'naive consumer', perSecond: naive / seconds },
          load: drain.load,
          comparison,
        },
      ];
    }),
};

async function publish(rig: Rig, count: number): Promise<AcknowledgedWrites> {
  const journal = new RedisCaptureJournal(rig.redis);
  const acknowledged: AcknowledgedWrites = new Map();
  for (let from = 0; from < count; from += PUBLISH_BATCH) {
    const size = Math.min(PUBLISH_BATCH, count - from);
    const events = Array.from({ length: size }, (_, offset) => eventOf(from + offset));
    await journal.reEmit(events);
    for (const { key, version, payload } of events) acknowledged.set(key, { version, text: payload ?? '' });
  }
  return acknowledged;
}

function eventOf(index: number): ChangeEvent {
  const key = keyOf(index);
  const version = nextVersion(Date.now(), 0);
  return changeEvent('mongo', {
    entity: USERS.name,
    key,
    source: 'mongo',
    version,
    payload: payloadOf({ ...profileOf(index), email: key }),
    id: index.toString(16).padStart(24, '0'),
  });
}

/** The same entries on a stream of its own. */
async function fillNaive(rig: Rig, count: number): Promise<void> {
  for (let from = 0; from < count; from += PUBLISH_BATCH) {
    const pipeline = rig.redis.pipeline();
    for (let index = from; index < Math.min(from + PUBLISH_BATCH, count); index += 1) {
      pipeline.xadd(NAIVE_STREAM, '*', EVENT_FIELD, formatEvent(eventOf(index)));
    }
    await pipeline.exec();
  }
}
