import { setTimeout as sleep } from 'node:timers/promises';
import type { Direction, Source } from '@redis-mongo-sync/sync-core';
import { compare } from '../compare.js';
import type { SteadyAnswer, SteadyTask } from '../processes/steady-writer.js';
import type { AcknowledgedWrites } from '../records.js';
import { lagOf, type Figure, type Lag } from '../report/figure.js';
import { inProcess } from '../rig/worker.js';
import type { ReportedLag } from '../rig/sync-service.js';
import { onRig, type Scenario } from './scenario.js';

/** Both sides write the same records, half a round apart. */
const RECORDS = 2_000;

const SIDES = [
  { side: 'mongo', direction: 'mongo-to-redis', what: 'MongoDB → Redis', firstRecord: 0 },
  { side: 'redis', direction: 'redis-to-mongo', what: 'Redis → MongoDB', firstRecord: RECORDS / 2 },
] as const satisfies readonly { side: Source; direction: Direction; what: string; firstRecord: number }[];

/**
 * Lag at a steady rate on both sides at once, measured twice: by an observer from the time a write was due until the
 * other store shows it, and by the sync-service from the version's own time until it is applied.
 */
export const steadyLag: Scenario = {
  name: 'lag',
  about: 'open-loop writes on both sides at once; time until they are visible on the other side',
  run: (context) =>
    onRig(context, async (rig) => {
      const { steadyRate: rate, steadySeconds: seconds, warmUpSeconds } = context.scale;
      const service = await rig.startSync();
      await service.streaming();
      context.say(`${rate} writes/s on each side for ${seconds} s, after ${warmUpSeconds} s to warm up`);
      const meter = await rig.startMeter();
      const writers = SIDES.map(({ side, firstRecord }) =>
        inProcess<SteadyTask, SteadyAnswer>('steady-writer', {
          side,
          redisUrl: rig.server.url,
          mongoUri: rig.mongo.uri,
          database: rig.mongo.database,
          rate,
          seconds,
          warmUpSeconds,
          records: RECORDS,
          firstRecord,
        }),
      );
      const ticking = tick(warmUpSeconds + seconds, context.progress);
      const answers = await Promise.all(writers);
      await ticking;
      const load = await meter.stop();
      await rig.quiet();
      const comparison = await compare(rig, merged(answers));
      const figures: Figure[] = [];
      for (const [index, { direction, what }] of SIDES.entries()) {
        const lagMs = lagOf(answers[index]?.lagMs ?? []);
        const base = { scenario: 'lag', events: rate * seconds, perSecond: rate, load, comparison };
        figures.push({ ...base, what: `${what}, seen by an observer`, lagMs });
        figures.push({
          ...base,
          what: `${what}, by /metrics with warm-up`,
          lagMs: reported(await service.lag(direction)),
        });
      }
      return figures;
    }),
};

async function tick(seconds: number, progress: (line: string) => void): Promise<void> {
  for (let passed = 1; passed <= seconds; passed += 1) {
    await sleep(1000);
    progress(`${passed} of ${seconds} s`);
  }
}

function merged(answers: readonly SteadyAnswer[]): AcknowledgedWrites {
  const all: AcknowledgedWrites = new Map();
  for (const { acknowledged } of answers) {
    for (const [key, write] of acknowledged) {
      if (write.version > (all.get(key)?.version ?? 0)) all.set(key, write);
    }
  }
  return all;
}

function reported({ p50, p95, p99, max }: ReportedLag): Lag {
  return { p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0, max: max ?? 0 };
}
