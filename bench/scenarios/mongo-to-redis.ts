import { RedisCaptureJournal } from '@redis-mongo-sync/sync-adapters';
import type { Document } from 'mongodb';
import { compare } from '../compare.js';
import { settledCount, watchDrain } from '../drain.js';
import type { ReaderAnswer, ReaderTask } from '../processes/change-stream-reader.js';
import { writeMany } from '../records.js';
import { inProcess } from '../rig/worker.js';
import { onRig, type Scenario } from './scenario.js';

const WRITERS = 64;

/** A backlog in MongoDB's oplog, written through the product while the sync-service was down. */
export const mongoToRedis: Scenario = {
  name: 'mongo-to-redis',
  about: 'drains a backlog of Mongo-first writes; beside it the change stream alone',
  run: (context) =>
    onRig(context, async (rig) => {
      const { backlog } = context.scale;
      await rig.onceSynced();
      const position = await new RedisCaptureJournal(rig.redis).position();
      if (!position) throw new Error('the sync-service left no position');
      context.say(`writing ${backlog} records to MongoDB while the sync-service is down`);
      const { acknowledged, seconds: writeSeconds } = await writeMany(rig.stores.mongo, {
        count: backlog,
        concurrency: WRITERS,
        onWrite: (done) => context.progress(`${done} of ${backlog} written`),
      });
      context.say(`written at ${Math.round(backlog / writeSeconds)}/s; draining`);
      const before = await settledCount(rig, 'mongo-to-redis');
      await rig.startSync();
      const drain = await watchDrain(rig, 'mongo-to-redis', {
        before,
        events: backlog,
        onSettled: (settled) => context.progress(`${settled} of ${backlog} events applied`),
      });
      await rig.quiet();
      const comparison = await compare(rig, acknowledged);
      await rig.stopSync();

      context.say('the change stream alone');
      const { seconds } = await inProcess<ReaderTask, ReaderAnswer>('change-stream-reader', {
        uri: rig.mongo.uri,
        database: rig.mongo.database,
        after: JSON.parse(position.feed) as Document,
        events: backlog,
      });
      return [
        {
          scenario: 'mongo-to-redis',
          what: 'MongoDB → Redis, drain',
          events: drain.events,
          perSecond: drain.events / drain.seconds,
          beside: { what: 'change stream alone', perSecond: backlog / seconds },
          load: drain.load,
          comparison,
        },
      ];
    }),
};
