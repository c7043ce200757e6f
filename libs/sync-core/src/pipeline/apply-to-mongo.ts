import { sideOfEvent, sideOfImage, type Conflict } from '../domain/conflict.js';
import type { EntityDefinition } from '../domain/entity.js';
import type {
  ApplyAttempt,
  ChangeDelivery,
  RecordResult,
  RecordTarget,
  SettledDelivery,
} from '../ports/apply-targets.js';
import type { MongoImage } from '../domain/mongo-image.js';
import type { ConflictLog } from '../ports/conflict-log.js';
import { StoreUnavailableError } from '../ports/record-store.js';
import { stampAbove, type Stampable, type StampStores } from './capture-changes.js';
import { collapse } from './collapse.js';

export interface ApplyToMongoStores extends StampStores {
  readonly records: RecordTarget;
  readonly conflicts: ConflictLog;
}

export interface ApplyToMongoReport {
  /** What was kept in the conflict log. */
  readonly conflicts: readonly Conflict[];
  /** Deliveries that Mongo will never take as they are. They are not settled. */
  readonly refused: readonly { readonly delivery: ChangeDelivery; readonly reason: string }[];
}

/** In each lap some writer gave the record a newer version in Mongo; soon one is above ours. */
const MAX_LAPS = 32;

/**
 * Redis → Mongo. Collapses the batch to the newest version of each record, writes one bulk of conditional upserts,
 * and settles. A document that an outsider wrote without a version is stamped first, above what Redis holds, and travels to
 * Redis as a change of its own; then the incoming one is compared with it. (Taking it for beaten was wrong: capture may
 * stamp the same document at the same time, with a floor that it read before the incoming one was written.)
 *
 * Every Redis write comes through here, so this is where concurrent versions of a record meet. Whichever loses is in
 * the conflict log before it is gone: a stored one before it is overwritten, an incoming one before it is settled.
 */
export async function applyToMongo(
  entity: EntityDefinition,
  deliveries: readonly ChangeDelivery[],
  stores: ApplyToMongoStores,
): Promise<ApplyToMongoReport> {
  const { rounds, superseded } = collapse(deliveries);
  const merge = new Merge(entity, stores);
  for (const round of rounds) await merge.run(round);
  const settlements: SettledDelivery[] = superseded.map((delivery) => ({ delivery, outcome: 'superseded' }));
  await stores.records.settle([...settlements, ...merge.settlements]);
  return { conflicts: merge.conflicts, refused: merge.refused };
}

const OUTCOME_OF = { apply: 'applied', same: 'duplicate', stale: 'stale' } as const;

/** The deliveries of one batch, and what Mongo made of them. */
class Merge {
  readonly settlements: SettledDelivery[] = [];
  readonly refused: { delivery: ChangeDelivery; reason: string }[] = [];
  readonly conflicts: Conflict[] = [];
  /** Records whose document was unstamped. */
  private readonly unstamped = new Set<string>();

  constructor(
    private readonly entity: EntityDefinition,
    private readonly stores: ApplyToMongoStores,
  ) {}

  async run(deliveries: readonly ChangeDelivery[]): Promise<void> {
    let attempts: readonly ApplyAttempt[] = deliveries;
    for (let lap = 0; attempts.length > 0; lap++) {
      if (lap === MAX_LAPS)
        throw new StoreUnavailableError('mongo', 'a record changes faster than it is read');
      const results = await this.stores.records.apply(this.entity, attempts);
      const lost: Conflict[] = [];
      const again: ApplyAttempt[] = [];
      const unstamped: Stampable[] = [];
      for (const [index, attempt] of attempts.entries()) {
        const result = results[index];
        if (!result) throw new Error(`no result for stream entry ${attempt.entryId}`);
        const conflict = this.conflictOf(attempt, result);
        if (conflict) lost.push(conflict);
        if (result.decision === 'concurrent') again.push({ ...attempt, over: result.current.version ?? 0 });
        else if (result.decision === 'unstamped') {
          const { id, key } = result.current;
          unstamped.push({ entity: this.entity, id, key, seen: null });
          again.push({ entryId: attempt.entryId, event: attempt.event });
        } else this.note(attempt, result);
      }
      if (lost.length > 0) await this.stores.conflicts.keep(lost);
      this.conflicts.push(...lost);
      for (const { key } of unstamped) this.unstamped.add(key);
      await stampAbove(unstamped, this.stores);
      attempts = again;
    }
  }

  private note(
    delivery: ChangeDelivery,
    result: Exclude<RecordResult, { decision: 'concurrent' | 'unstamped' }>,
  ): void {
    if (result.decision === 'refused') this.refused.push({ delivery, reason: result.reason });
    else this.settlements.push({ delivery, outcome: OUTCOME_OF[result.decision] });
  }

  private conflictOf({ event }: ChangeDelivery, result: RecordResult): Conflict | null {
    if (!('current' in result) || result.decision === 'unstamped') return null;
    const { entity } = this;
    const incoming = sideOfEvent(entity, event);
    const stored = sideOfImage(entity, result.current);
    const about = { entity: entity.name, key: event.key };
    if (result.decision === 'concurrent') {
      const loser = { ...stored, version: stored.version ?? 0 };
      return { ...about, reason: 'newer-version', how: 'overwritten', winner: incoming, loser };
    }
    const reason = this.unstamped.has(event.key)
      ? 'unstamped-write-in-mongo'
      : whyStale(result.current, incoming.version);
    return { ...about, reason, how: 'discarded', winner: stored, loser: incoming };
  }
}

function whyStale({ version, source }: MongoImage, incoming: number): Conflict['reason'] {
  if (version === incoming) return 'mongo-preferred-at-equal-version';
  return source === 'redis' ? 'overtaken' : 'newer-version';
}
