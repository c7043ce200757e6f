import type { Role } from '../actors/sim-service.js';
import type { Task } from './task.js';

interface FaultPoint {
  readonly role: Role;
  /** The call about to be made. */
  readonly at: string;
  /** The call made before, where it matters. */
  readonly after?: string;
}

/** Where a service can be made to die; each opens a race of its own. */
export const FAULT_POINTS = {
  beforeStamp: { role: 'capture', at: 'stamp' },
  afterStampBeforePublish: { role: 'capture', at: 'publish', after: 'stamp' },
  afterBuryBeforePublish: { role: 'capture', at: 'publish', after: 'look again' },
  afterBuryBeforeLook: { role: 'capture', at: 'look again', after: 'bury' },
  beforePublish: { role: 'capture', at: 'publish' },
  afterPublish: { role: 'capture', at: 'read', after: 'publish' },
  afterBeginBeforeSnapshot: { role: 'capture', at: 'snapshot', after: 'publish' },
  afterReadBeforeApply: { role: 'mongo-to-redis', at: 'apply', after: 'read' },
  afterClaimBeforeApply: { role: 'mongo-to-redis', at: 'apply', after: 'claim' },
  afterCompareBeforeReEmit: { role: 'mongo-to-redis', at: 'reEmitAnew' },
  afterReEmitBeforeSettle: { role: 'mongo-to-redis', at: 'settle', after: 'reEmitAnew' },
  beforeMerge: { role: 'mongo-to-redis', at: 'merge' },
  afterStampBeforeSettle: { role: 'mongo-to-redis', at: 'settle', after: 'stamp' },
  afterReadBeforeUpsert: { role: 'redis-to-mongo', at: 'upsert', after: 'read' },
  midBulk: { role: 'redis-to-mongo', at: 'upsert', after: 'upsert' },
  afterApplyBeforeSettle: { role: 'redis-to-mongo', at: 'settle', after: 'upsert' },
  afterLookBeforeInsert: { role: 'redis-to-mongo', at: 'insert' },
  afterInsertBeforeLook: { role: 'redis-to-mongo', at: 'grave again', after: 'insert' },
  afterLookBeforeTakeBack: { role: 'redis-to-mongo', at: 'take back' },
  afterInsertBeforeSettle: { role: 'redis-to-mongo', at: 'settle', after: 'grave again' },
  afterTombstoneBeforeLook: { role: 'redis-to-mongo', at: 'look again', after: 'put tombstone' },
  midDelete: { role: 'redis-to-mongo', at: 'put tombstone', after: 'upsert' },
  afterKeepBeforeOverwrite: { role: 'redis-to-mongo', at: 'upsert', after: 'keep' },
  afterRivalBeforeStamp: { role: 'redis-to-mongo', at: 'stamp' },
  afterRebalanceBeforeReEmit: { role: 'housekeeping', at: 'in-flight', after: 'rebalance' },
  afterLookBeforeReEmit: { role: 'housekeeping', at: 'reEmitAnew', after: 'current' },
  midRepair: { role: 'housekeeping', at: 'reEmit' },
} as const satisfies Readonly<Record<string, FaultPoint>>;

export type FaultPointName = keyof typeof FAULT_POINTS;
export const FAULT_POINT_NAMES = Object.keys(FAULT_POINTS) as FaultPointName[];

export function isAt(name: FaultPointName, role: Role, task: Task): boolean {
  const point: FaultPoint = FAULT_POINTS[name];
  return (
    point.role === role &&
    point.at === task.point &&
    (point.after === undefined || point.after === task.previous)
  );
}
