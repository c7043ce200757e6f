import { compare } from '../compare.js';
import { settledCount, watchDrain } from '../drain.js';
import type { UpsertsAnswer, UpsertsTask } from '../processes/bulk-upserts.js';
import { writeMany } from '../records.js';
import { inProcess } from '../rig/worker.js';
import { onRig, type Scenario } from './scenario.js';

const WRITERS = 100;
/** `SYNC_BATCH_SIZE` of the sync-service. */
const BULK = 500;

/** A backlog on `redis_changes`, written through the product while the sync-service was down. */
export const redisToMongo: Scenario = {
  name: 'redis-to-mongo',
  about: 'drains a backlog of Redis-first writes; beside it the same bulk upserts alone',
  run: (context) =>
    onRig(context, async (rig) => {
      const { backlog } = context.scale;
      await rig.onceSynced();
      context.say(`writing ${backlog} records to Redis while the sync-service is down`);
      const { acknowledged, seconds: writeSeconds } = await writeMany(rig.stores.redis, {
        count: backlog,
        concurrency: WRITERS,
        onWrite: (done) => context.progress(`${done} of ${backlog} written`),
      });
      context.say(`written at ${Math.round(backlog / writeSeconds)}/s; draining`);
      const before = await settledCount(rig, 'redis-to-mongo');
      await rig.startSync();
      const drain = await watchDrain(rig, 'redis-to-mongo', {
        before,
        events: backlog,
        onSettled: (settled) => context.progress(`${settled} of ${backlog} entries applied`),
      });
      context.say('waiting for the echoes');
      await rig.quiet();
      const comparison = await compare(rig, acknowledged);
      await rig.stopSync();

      context.say('the bulk upserts alone');
      const { seconds } = await inProcess<UpsertsTask, UpsertsAnswer>('bulk-upserts', {
        uri: rig.mongo.uri,
        database: `${rig.mongo.database}_alone`,
        records: backlog,
        batchSize: BULK,
        concurrency: 2,
      });
      return [
        {
          scenario: 'redis-to-mongo',
          what: 'Redis → MongoDB, drain',
          events: drain.events,
          perSecond: drain.events / drain.seconds,
          beside: { what: 'bulk upserts alone', perSecond: backlog / seconds },
          load: drain.load,
          comparison,
        },
      ];
    }),
};
