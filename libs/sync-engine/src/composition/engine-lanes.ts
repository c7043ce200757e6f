import type { BatchHandler } from '@redis-mongo-sync/redis-streams';
import { MongoRecordTarget, StreamSettler } from '@redis-mongo-sync/sync-adapters';
import type { Direction } from '@redis-mongo-sync/sync-core';
import { mongoToRedis } from '../flows/mongo-to-redis.flow.js';
import { redisToMongo } from '../flows/redis-to-mongo.flow.js';
import type { Housekeeping } from '../healing/housekeeping.js';
import { withFaults } from '../lanes/fault-points.js';
import { FlowContext } from '../lanes/flow-context.js';
import { laneOf, type Lane } from '../lanes/lane.js';
import type { EngineObserver } from '../status/engine-observer.js';
import { LagMeter } from '../status/lag-meter.js';
import type { SyncEngineSettings } from '../sync-engine-options.js';
import type { EngineStores } from './engine-stores.js';

export type Lanes = Readonly<Record<Direction, Lane>>;

interface LaneParts {
  readonly settings: SyncEngineSettings;
  readonly stores: EngineStores;
  readonly observer: EngineObserver;
  readonly housekeeping: Housekeeping;
  /** Name of this process in the consumer groups. */
  readonly consumer: string;
}

export function engineLanes(parts: LaneParts): Lanes {
  const { settings, stores, observer, housekeeping, consumer } = parts;
  const { mongo, db, redis, authority, journal, projections, conflicts } = stores;
  const { entities, maxSkewMs, batchSize, maxStreamLength, tombstoneTtlMs, faults } = settings;
  const settler = new StreamSettler(redis, 'redis-to-mongo');
  const records = new MongoRecordTarget({ client: mongo, db, settler, tombstoneTtlMs });
  const lane = (direction: Direction, flow: (context: FlowContext) => BatchHandler): Lane => {
    const meter = new LagMeter();
    return laneOf({
      direction,
      redis,
      consumer,
      handler: flow(new FlowContext({ entities, maxSkewMs, meter, observer: observer.lane(direction) })),
      meter,
      batchSize,
      maxStreamLength,
      observer,
      onLoss: () => housekeeping.repairSoon(direction),
    });
  };
  return {
    'mongo-to-redis': lane('mongo-to-redis', (context) =>
      mongoToRedis(context, { projections, authority, journal }),
    ),
    'redis-to-mongo': lane('redis-to-mongo', (context) =>
      redisToMongo(context, { records, authority, journal, conflicts: withFaults(conflicts, faults) }),
    ),
  };
}
