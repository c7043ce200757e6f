import { payloadOf } from '../domain/change-event.js';
import type { EntityDefinition } from '../domain/entity.js';
import type { MongoImage } from '../domain/mongo-image.js';
import type { MongoAuthority } from '../ports/mongo-authority.js';
import { compareRecord, type ComparisonRules, type Depth, type Difference } from './difference.js';
import type { CaptureProgress, RedisSide } from './sides.js';

export interface Confirmation {
  readonly differences: readonly Difference[];
  /** Did not come to rest in the given time. */
  readonly settling: readonly string[];
}

/** Time, as the caller sees it. */
export interface ReconcileClock {
  /** Epoch ms. */
  now(): number;
  /** Returns early when the run is cancelled. */
  pause(ms: number): Promise<void>;
}

export interface ConfirmScope {
  readonly entity: EntityDefinition;
  readonly depth: Depth;
  readonly redis: RedisSide;
  readonly authority: Pick<MongoAuthority, 'current'>;
  readonly capture: CaptureProgress;
  /** How long records may take to come to rest, ms. */
  readonly patienceMs: number;
  readonly clock: ReconcileClock;
  readonly signal: AbortSignal;
}

const PAUSE_MS = 50;

/**
 * Which of these records really differ. On a live system most differences are changes in flight; one is real when
 * it is seen while nothing of the record moves:
 *
 *   read Mongo → wait until capture has passed that moment → read Redis, in flight included → read Mongo again
 *
 * Mongo was the same at both reads, so it was at the one of Redis in between. Everything it said by then had been
 * captured; nothing captured was in flight; and what Redis had to say was in flight until Mongo had it. So both sides
 * had said all they had to say. Records for which that does not hold are looked at again, until patience ends.
 */
export async function confirm(suspects: readonly string[], scope: ConfirmScope): Promise<Confirmation> {
  const differences: Difference[] = [];
  const deadline = scope.clock.now() + scope.patienceMs;
  let open = suspects;
  for (;;) {
    if (open.length === 0) break;
    const restless: string[] = [];
    for (const look of await lookTwice(open, scope, deadline)) {
      if (look.kind === 'settling') restless.push(look.key);
      if (look.kind === 'different') differences.push(look.difference);
    }
    open = restless;
    if (scope.clock.now() > deadline || scope.signal.aborted) break;
    if (open.length > 0) await scope.clock.pause(PAUSE_MS);
  }
  return { differences, settling: open };
}

type Look =
  | { readonly kind: 'equal' | 'settling'; readonly key: string }
  | { readonly kind: 'different'; readonly difference: Difference };

async function lookTwice(
  keys: readonly string[],
  scope: ConfirmScope,
  deadline: number,
): Promise<readonly Look[]> {
  const { entity, depth, redis, authority, capture, clock, signal } = scope;
  const before = await authority.current(entity, keys);
  const moment = await capture.now();
  while (!(await capture.hasPassed(moment))) {
    if (clock.now() > deadline || signal.aborted) return keys.map((key) => ({ kind: 'settling', key }));
    await clock.pause(PAUSE_MS);
  }
  const holdings = await redis.holdings(entity, keys, depth);
  const after = await authority.current(entity, keys);
  const rules: ComparisonRules = {
    entity,
    depth,
    nowMs: clock.now(),
    digestOf: (event) => redis.digestOf(event, depth),
  };
  return keys.map((key, index): Look => {
    const held = holdings[index];
    if (!held) throw new Error(`no answer for record ${key}`);
    const image = after.get(key);
    const difference = compareRecord(key, image, held, rules);
    if (!difference) return { kind: 'equal', key };
    const moved = held.inFlight || !isSame(before.get(key), image);
    return moved ? { kind: 'settling', key } : { kind: 'different', difference };
  });
}

function isSame(a: MongoImage | undefined, b: MongoImage | undefined): boolean {
  if (!a || !b) return a === b;
  // The fields too: an outsider may have changed them without moving the version.
  return a.id === b.id && a.version === b.version && a.deleted === b.deleted && textOf(a) === textOf(b);
}

function textOf({ fields }: MongoImage): string {
  return payloadOf(fields);
}
