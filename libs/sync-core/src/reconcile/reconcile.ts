import type { EntityDefinition } from '../domain/entity.js';
import { mergedKeys } from './byte-order.js';
import { confirm, type Confirmation, type ConfirmScope, type ReconcileClock } from './confirm.js';
import type { Difference } from './difference.js';
import { repair, type RepairStores } from './repair.js';
import { Tally, type ReconcileReport, type ReconcileRequest } from './report.js';
import type { CaptureProgress, MongoSide, RedisSide } from './sides.js';
import { findSuspects, type BucketComparison } from './suspects.js';

export interface ReconcileStores extends RepairStores {
  readonly mongo: MongoSide;
  readonly redis: RedisSide;
  readonly capture: CaptureProgress;
}

export interface ReconcileRun {
  readonly entity: EntityDefinition;
  readonly request: ReconcileRequest;
  readonly stores: ReconcileStores;
  readonly clock: ReconcileClock;
  readonly signal: AbortSignal;
  /** Hears after every bucket how far it is. */
  readonly onProgress?: (report: ReconcileReport) => void;
}

/** How long a batch of records may take to come to rest, ms. */
const PATIENCE_MS = 15_000;
/** Suspects that are looked at together a second time: what bounds the memory of a run. */
const SUSPECTS_AT_ONCE = 1000;
/** Ways of repair are tried in turn. */
const ROUNDS = 2;

/**
 * Compares both sides, and with `repair` mends what differs. It never writes past the version compare and never
 * touches a record that is moving (see {@link confirm}), so it may run at any time, beside any writers.
 */
export async function reconcile(run: ReconcileRun): Promise<ReconcileReport> {
  const { entity, request, stores, clock, signal } = run;
  const tally = new Tally();
  tally.total = request.mode === 'full' ? await stores.mongo.estimate(entity) : request.sample;
  const startedAt = clock.now();
  let suspects: string[] = [];
  for await (const bucket of bucketsOf(run)) {
    tally.buckets += 1;
    tally.compared += bucket.compared;
    if (!bucket.equal) tally.unequalBuckets += 1;
    suspects.push(...bucket.suspects);
    while (suspects.length >= SUSPECTS_AT_ONCE && !signal.aborted) {
      await settle(suspects.slice(0, SUSPECTS_AT_ONCE), run, tally);
      suspects = suspects.slice(SUSPECTS_AT_ONCE);
    }
    run.onProgress?.(tally.report(false));
    if (signal.aborted) break;
    await keepRate(run, tally.compared, startedAt);
  }
  if (!signal.aborted) await settle(suspects, run, tally);
  const report = tally.report(signal.aborted);
  run.onProgress?.(report);
  return report;
}

async function* bucketsOf({ entity, request, stores }: ReconcileRun): AsyncGenerator<BucketComparison> {
  const { depth, mode, sample } = request;
  const { mongo, redis } = stores;
  if (mode === 'full') {
    yield* findSuspects({ entity, depth, mongo, redis });
    return;
  }
  // Half of the keys from either side: what only one of them has is found as well.
  const half = Math.ceil(sample / 2);
  const keys = mergedKeys(
    await mongo.randomKeys(entity, half),
    await redis.randomKeys(entity, sample - half),
  );
  yield { compared: keys.length, equal: false, suspects: keys };
}

/** Says of each suspect what it is, and repairs where that is wanted. */
async function settle(suspects: readonly string[], run: ReconcileRun, tally: Tally): Promise<void> {
  const { entity, request, stores } = run;
  const first = await look(suspects, run);
  tally.noteSettling(first.settling);
  let left = first.differences;
  for (let round = 0; request.repair && left.length > 0 && round < ROUNDS && !run.signal.aborted; round++) {
    await repair(entity, left, stores, { extra: request.extra, again: round > 0 });
    const { differences, settling } = await look(
      left.map(({ key }) => key),
      run,
    );
    left = [...differences, ...left.filter(({ key }) => settling.includes(key))];
  }
  tally.note(first.differences, new Set(left.map(({ key }: Difference) => key)));
}

function look(
  keys: readonly string[],
  { entity, request, stores, clock, signal }: ReconcileRun,
): Promise<Confirmation> {
  const { redis, authority, capture } = stores;
  const scope: ConfirmScope = {
    entity,
    depth: request.depth,
    redis,
    authority,
    capture,
    clock,
    signal,
    patienceMs: PATIENCE_MS,
  };
  return confirm(keys, scope);
}

async function keepRate(
  { request, clock }: ReconcileRun,
  compared: number,
  startedAt: number,
): Promise<void> {
  if (request.rate === 0) return;
  const due = startedAt + (compared / request.rate) * 1000;
  const early = due - clock.now();
  if (early > 0) await clock.pause(early);
}
