import type { Source } from '@redis-mongo-sync/sync-core';
import { compare } from '../compare.js';
import type { Figure } from '../report/figure.js';
import { writeMany } from '../records.js';
import { onRig, type BenchContext, type Scenario } from './scenario.js';

const WRITERS = 64;

/** What clients get while the sync-service works beside them. */
export const writeThroughput: Scenario = {
  name: 'writes',
  about: 'writes on each side through the record stores, with the sync running',
  async run(context) {
    return [
      await writeTo('mongo', 'Mongo-first writes', context),
      await writeTo('redis', 'Redis-first writes', context),
    ];
  },
};

function writeTo(side: Source, what: string, context: BenchContext): Promise<Figure> {
  return onRig(context, async (rig) => {
    const { writes } = context.scale;
    const service = await rig.startSync();
    await service.streaming();
    context.say(`${what}: ${writes}`);
    const meter = await rig.startMeter();
    const run = await writeMany(rig.stores[side], {
      count: writes,
      concurrency: WRITERS,
      onWrite: (done) => context.progress(`${done} of ${writes} written`),
    });
    const load = await meter.stop();
    await rig.quiet();
    return {
      scenario: 'writes',
      what: `${what}, ${WRITERS} at a time`,
      events: writes,
      perSecond: writes / run.seconds,
      load,
      comparison: await compare(rig, run.acknowledged),
    };
  });
}
