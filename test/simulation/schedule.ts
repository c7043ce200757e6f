import * as fc from 'fast-check';
import {
  CONFLICT_POLICIES,
  DIRECTIONS,
  type ConflictPolicy,
  type Direction,
} from '@redis-mongo-sync/sync-core';
import { CLIENT_OPS, type ClientOp } from './actors/clients.js';
import { OUTSIDER_OPS, type OutsiderOp } from './actors/outsiders.js';
import { REDIS_OUTSIDER_OPS, type RedisOutsiderOp } from './actors/redis-outsiders.js';
import { ROLES, type Role } from './actors/sim-service.js';
import { FAULT_POINT_NAMES, type FaultPointName } from './engine/fault-points.js';
import type { StoreName } from './engine/link.js';
import { NETWORK_FAULTS, type NetworkFault } from './engine/task.js';

/**
 * What can go wrong beside crashes, lost messages, partitions, pauses and clocks, which always can:
 * - `clients`: nothing; the newest write of any client must stand, and every deposit;
 * - `outsiders`: people write into Mongo, and sometimes into Redis, and know nothing of versions;
 * - `disasters`: streams and groups are deleted or trimmed, Redis is wiped, the oplog is lost;
 * - `merging`: nothing; the entity merges fields, and clients change single ones;
 * - `preferring`: nothing; the entity prefers one side.
 */
export const PROFILES = ['clients', 'outsiders', 'disasters', 'merging', 'preferring'] as const;
export type Profile = (typeof PROFILES)[number];

export const DAMAGES = ['cut-stream', 'delete-stream', 'destroy-group', 'flush', 'lose-history'] as const;
export type Damage = (typeof DAMAGES)[number];

/** One decision of the scheduler, or one thing that befalls the system. */
export type Action =
  | { readonly do: 'run'; readonly service: number; readonly role: Role; readonly waits: number }
  | {
      readonly do: 'client';
      readonly on: StoreName;
      readonly op: ClientOp;
      readonly key: number;
      readonly to: number;
      readonly field: number;
      readonly waits: number;
      readonly fault: NetworkFault | null;
    }
  | { readonly do: 'clients'; readonly waits: number }
  | {
      readonly do: 'outsider';
      readonly op: OutsiderOp | RedisOutsiderOp;
      readonly key: number;
      readonly to: number;
      readonly pick: number;
    }
  | { readonly do: 'sleep'; readonly ms: number }
  | { readonly do: 'network'; readonly service: number; readonly role: Role; readonly fault: NetworkFault }
  | { readonly do: 'late' }
  | { readonly do: 'crash'; readonly service: number; readonly at: FaultPointName | null }
  | { readonly do: 'freeze'; readonly service: number; readonly role: Role }
  | { readonly do: 'thaw' }
  | { readonly do: 'cut'; readonly service: number; readonly store: StoreName }
  | { readonly do: 'heal' }
  | { readonly do: 'jump'; readonly store: StoreName; readonly ms: number }
  | { readonly do: 'damage'; readonly what: Damage; readonly direction: Direction };

/** A run of the simulation as data: it can be stored, shrunk and replayed. */
export interface Schedule {
  readonly profile: Profile;
  readonly conflict: ConflictPolicy;
  /** Sync-services at work: one, or two. */
  readonly services: number;
  /** Whether they have started up before the first action. */
  readonly warm: boolean;
  /** How many records there are. */
  readonly keys: number;
  readonly batchSize: number;
  /** How far the clock of Redis is ahead of Mongo's, ms. */
  readonly skewMs: number;
  readonly actions: readonly Action[];
}

const MAX_KEYS = 3;
const MAX_ACTIONS = 110;

const key = fc.nat({ max: MAX_KEYS - 1 });
const service = fc.nat({ max: 1 });
const role = fc.constantFrom<Role>(
  'capture',
  'capture',
  'mongo-to-redis',
  'mongo-to-redis',
  'redis-to-mongo',
  ...ROLES,
);
const store = fc.constantFrom<StoreName>('mongo', 'redis');
const networkFault = fc.constantFrom(...NETWORK_FAULTS);

const running: fc.Arbitrary<Action> = fc.record({
  do: fc.constant('run'),
  service,
  role,
  waits: fc.integer({ min: 1, max: 12 }),
});

function clientWrite(...ops: readonly ClientOp[]): fc.Arbitrary<Action> {
  return fc.record({
    do: fc.constant('client'),
    on: store,
    op: fc.constantFrom<ClientOp>(...ops),
    key,
    to: key,
    field: fc.nat({ max: 2 }),
    waits: fc.nat({ max: 3 }),
    fault: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: networkFault }),
  });
}

const outsiderWrite: fc.Arbitrary<Action> = fc.record({
  do: fc.constant('outsider'),
  op: fc.oneof(
    { weight: 7, arbitrary: fc.constantFrom<OutsiderOp | RedisOutsiderOp>(...OUTSIDER_OPS) },
    { weight: 1, arbitrary: fc.constantFrom<OutsiderOp | RedisOutsiderOp>(...REDIS_OUTSIDER_OPS) },
  ),
  key,
  to: key,
  pick: fc.nat({ max: 35 }),
});

const fault: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('network'), service, role, fault: networkFault }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('late') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('crash'),
      service,
      at: fc.oneof(
        { weight: 1, arbitrary: fc.constant(null) },
        { weight: 4, arbitrary: fc.constantFrom(...FAULT_POINT_NAMES) },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('freeze'), service, role }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('thaw') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut'), service, store }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('heal') }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('jump'), store, ms: fc.integer({ min: -9_000, max: 9_000 }) }),
  },
);

const damage: fc.Arbitrary<Action> = fc.record({
  do: fc.constant('damage'),
  what: fc.constantFrom(...DAMAGES),
  direction: fc.constantFrom(...DIRECTIONS),
});

const sleeping: fc.Arbitrary<Action> = fc.record({
  do: fc.constant('sleep'),
  ms: fc.constantFrom(1, 1, 2, 5, 100, 600, 2_100, 5_500),
});

function common(...ops: readonly ClientOp[]) {
  return [
    { weight: 16, arbitrary: running },
    { weight: 8, arbitrary: clientWrite(...ops) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('clients' as const), waits: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 3, arbitrary: sleeping },
    { weight: 3, arbitrary: fault },
  ] as const;
}

const whole = common('write', 'write', 'write', ...CLIENT_OPS);
const single = common('write', 'patch', 'patch', 'patch', ...CLIENT_OPS);

const ACTIONS: Readonly<Record<Profile, fc.Arbitrary<Action>>> = {
  clients: fc.oneof(...whole),
  outsiders: fc.oneof(...whole, { weight: 4, arbitrary: outsiderWrite }),
  disasters: fc.oneof(...whole, { weight: 2, arbitrary: damage }),
  merging: fc.oneof(...single),
  preferring: fc.oneof(...single),
};

const POLICIES: Readonly<Record<Profile, fc.Arbitrary<ConflictPolicy>>> = {
  clients: fc.constant('last-write-wins'),
  outsiders: fc.constantFrom('last-write-wins', 'last-write-wins', ...CONFLICT_POLICIES),
  disasters: fc.constantFrom('last-write-wins', 'last-write-wins', ...CONFLICT_POLICIES),
  merging: fc.constant('merge-fields'),
  preferring: fc.constantFrom('prefer-mongo', 'prefer-redis'),
};

/** Schedules of a profile. Not biased: a seed gives one schedule, and small ones are not what is looked for. */
export function schedules(profile: Profile): fc.Arbitrary<Schedule> {
  return fc.noBias(
    fc.record({
      profile: fc.constant(profile),
      conflict: POLICIES[profile],
      services: fc.integer({ min: 1, max: 2 }),
      // What outsiders remove before there is a position to read from is seen by neither feed nor snapshot.
      warm: profile === 'outsiders' ? fc.constant(true) : fc.boolean(),
      keys: fc.integer({ min: 1, max: MAX_KEYS }),
      batchSize: fc.integer({ min: 1, max: 4 }),
      skewMs: fc.oneof(fc.constant(0), fc.integer({ min: -400, max: 400 })),
      actions: fc.array(ACTIONS[profile], { maxLength: MAX_ACTIONS, size: 'max' }),
    }),
  );
}

/** The profile that a seed stands for. */
export function profileOf(seed: number): Profile {
  return PROFILES[seed % PROFILES.length] ?? 'clients';
}
