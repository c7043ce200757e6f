import {
  MongoComparisonSide,
  readOplogWindow,
  RedisComparisonSide,
  RedisDoubts,
  RedisInFlight,
  StoredCaptureProgress,
} from '@redis-mongo-sync/sync-adapters';
import { ConsistencyWatch } from '../healing/consistency/consistency-watch.js';
import { commonVersionsOf, tailsOf } from '../healing/consistency/sync-samples.js';
import { DoubtsRepair } from '../healing/doubts-repair.js';
import { Housekeeping } from '../healing/housekeeping.js';
import { LostStreamRepair } from '../healing/ledger/lost-stream-repair.js';
import { OplogWatch } from '../healing/oplog/oplog-watch.js';
import { ReconcileRuns } from '../healing/reconcile/reconcile-runs.js';
import { ReconcileSchedule, sampleOf } from '../healing/reconcile/reconcile-schedule.js';
import { UnsyncableWatch } from '../unsyncable/unsyncable-watch.js';
import type { EngineObserver } from '../status/engine-observer.js';
import type { SyncEngineSettings } from '../sync-engine-options.js';
import type { EngineStores } from './engine-stores.js';

/** Everything that notices by itself that something is wrong, and mends it or says so. */
export interface Healing {
  readonly housekeeping: Housekeeping;
  readonly reconciles: ReconcileRuns;
  readonly schedule: ReconcileSchedule;
  readonly oplog: OplogWatch;
  readonly unsyncable: UnsyncableWatch;
  readonly consistency: ConsistencyWatch;
}

interface HealingParts {
  readonly settings: SyncEngineSettings;
  readonly stores: EngineStores;
  readonly observer: EngineObserver;
}

export function engineHealing(parts: HealingParts): Healing {
  const { stores, observer } = parts;
  const reconciles = reconcileRuns(parts);
  return {
    housekeeping: housekeeping(parts),
    reconciles,
    schedule: reconcileSchedule(parts, reconciles),
    oplog: new OplogWatch({
      readWindow: () => readOplogWindow(stores.mongo),
      readPosition: () => stores.journal.position(),
      alert: (code, message) => observer.alert(code, message),
    }),
    unsyncable: unsyncableWatch(parts),
    consistency: consistencyWatch(parts),
  };
}

function housekeeping({ settings: { entities }, stores, observer }: HealingParts): Housekeeping {
  const { redis, ledgers, journal, authority, projections } = stores;
  const shared = { entities, journal, authority, projections };
  return new Housekeeping({
    ledgers,
    repair: new LostStreamRepair({ ...shared, inFlight: new RedisInFlight(redis), ledgers }),
    doubts: new DoubtsRepair({ ...shared, doubts: new RedisDoubts(redis) }),
    observer,
  });
}

function reconcileRuns({ settings: { entities }, stores, observer }: HealingParts): ReconcileRuns {
  const { db, redis, journal, authority, projections } = stores;
  return new ReconcileRuns({
    entities,
    stores: {
      mongo: new MongoComparisonSide(db),
      redis: new RedisComparisonSide(redis),
      capture: new StoredCaptureProgress(db, redis),
      journal,
      authority,
      projections,
    },
    onEnd: (view) => observer.reconciled(view),
  });
}

function reconcileSchedule(
  { settings, observer }: HealingParts,
  reconciles: ReconcileRuns,
): ReconcileSchedule {
  const { entities, reconcileEveryMs, reconcileSample } = settings;
  return new ReconcileSchedule({
    everyMs: reconcileEveryMs,
    isOurs: () => observer.captureState.mode === 'streaming',
    start: () => reconciles.start(sampleOf(entities[0]?.name ?? '', reconcileSample), 'schedule'),
  });
}

function unsyncableWatch({ settings: { entities }, stores, observer }: HealingParts): UnsyncableWatch {
  return new UnsyncableWatch({
    entities,
    count: (entity) => stores.unsyncable.count(entity),
    alert: (code, message) => observer.alert(code, message),
    isOurs: () => observer.captureState.mode !== 'standby',
  });
}

function consistencyWatch({ settings: { entities }, stores, observer }: HealingParts): ConsistencyWatch {
  const { db, redis } = stores;
  return new ConsistencyWatch({
    tail: tailsOf(redis),
    commonVersions: (records) => commonVersionsOf({ db, redis }, entities, records),
    isOurs: () => observer.captureState.mode !== 'standby',
    isReEmitting: () => observer.captureState.snapshot !== null,
  });
}
