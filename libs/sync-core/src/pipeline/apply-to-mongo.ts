import type { Conflict } from '../domain/conflict.js';
import type { EntityDefinition } from '../domain/entity.js';
import type { MongoImage } from '../domain/mongo-image.js';
import type {
  ApplyAttempt,
  ChangeDelivery,
  RecordResult,
  RecordTarget,
  SettledDelivery,
} from '../ports/apply-targets.js';
import type { ConflictLog } from '../ports/conflict-log.js';
import { collapse } from './collapse.js';
import { obstacleTo } from './obstacle.js';
import { resolveConflict } from './resolve-conflict.js';
import { stampAbove, type Stampable, type StampStores } from './stamp-above.js';

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
 * Redis → Mongo. Collapses the batch to the newest version of each record, writes one bulk of conditional writes,
 * and settles. A document that an outsider wrote without a version is stamped first, above what Redis holds, and travels to
 * Redis as a change of its own; then the incoming one is compared with it. (Taking it for beaten was wrong: capture may
 * stamp the same document at the same time, with a floor that it read before the incoming one was written.)
 *
 * Every Redis write comes through here, so this is where concurrent versions of a record meet, and the entity's conflict
 * policy decides. Whatever loses is in the conflict log before it is gone: a stored version before it is overwritten, an
 * incoming one before it is settled.
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

/** A delivery, and what is tried next for it. */
interface Open {
  readonly delivery: ChangeDelivery;
  readonly attempt: ApplyAttempt;
}

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
    let open: readonly Open[] = deliveries.map((delivery) => ({ delivery, attempt: delivery }));
    for (let lap = 0; open.length > 0; lap++) {
      if (lap === MAX_LAPS) {
        const reason = 'the record changes in MongoDB faster than it can be compared';
        this.refused.push(...open.map(({ delivery }) => ({ delivery, reason })));
        return;
      }
      open = await this.lap(open);
    }
  }

  /** What has to be tried again. */
  private async lap(open: readonly Open[]): Promise<readonly Open[]> {
    const results = await this.stores.records.apply(
      this.entity,
      open.map(({ attempt }) => attempt),
    );
    const next = new NextLap();
    for (const [index, one] of open.entries()) {
      const result = results[index];
      if (!result) throw new Error(`no result for stream entry ${one.delivery.entryId}`);
      this.follow(one.delivery, this.asMet(one, result), next);
    }
    if (next.conflicts.length > 0) await this.stores.conflicts.keep(next.conflicts);
    this.conflicts.push(...next.conflicts);
    await this.stamp(next);
    this.settlements.push(...next.settlements);
    return next.open;
  }

  private follow(delivery: ChangeDelivery, result: RecordResult | null, next: NextLap): void {
    if (!result) return void next.open.push({ delivery, attempt: delivery });
    switch (result.decision) {
      case 'apply':
        return void next.settlements.push({ delivery, outcome: 'applied' });
      case 'same':
        return void next.settlements.push({ delivery, outcome: 'duplicate' });
      case 'refused':
        return void this.refused.push({ delivery, reason: result.reason });
      case 'unstamped':
        this.unstamped.add(delivery.event.key);
        next.stamps.push({ image: result.current, floor: 0 });
        return void next.open.push({ delivery, attempt: delivery });
      case 'stale':
      case 'concurrent':
        return this.resolve(delivery, result, next);
    }
  }

  /**
   * What was tried may have had another version than the delivery – one that Redis has given, too, so that even the `same` may
   * be another write. The delivery itself is compared with what stands there now; `null`: it is tried.
   */
  private asMet({ delivery, attempt }: Open, result: RecordResult): RecordResult | null {
    if (attempt.event === delivery.event) return result;
    switch (result.decision) {
      case 'same':
        return null;
      case 'stale':
      case 'concurrent':
        return obstacleTo(delivery.event, result.current);
      default:
        return result;
    }
  }

  private resolve(
    delivery: ChangeDelivery,
    result: Extract<RecordResult, { decision: 'stale' | 'concurrent' }>,
    next: NextLap,
  ): void {
    const resolution = resolveConflict(this.entity, delivery, result);
    switch (resolution.kind) {
      case 'in-place':
        return void next.settlements.push({ delivery, outcome: 'duplicate' });
      case 'drop':
        next.conflicts.push(this.explained(resolution.conflict));
        return void next.settlements.push({ delivery, outcome: 'stale' });
      case 'write':
        if (resolution.conflict) next.conflicts.push(resolution.conflict);
        return void next.open.push({ delivery, attempt: resolution.attempt });
      case 'stamp':
        if (resolution.conflict) next.conflicts.push(resolution.conflict);
        next.stamps.push({
          image: result.current,
          floor: delivery.event.version,
          ...(resolution.merge ? { merge: resolution.merge } : {}),
        });
        return void next.open.push({ delivery, attempt: delivery });
    }
  }

  private explained(conflict: Conflict): Conflict {
    if (conflict.reason === 'merged' || !this.unstamped.has(conflict.key)) return conflict;
    return { ...conflict, reason: 'unstamped-write-in-mongo' };
  }

  private async stamp({ stamps }: NextLap): Promise<void> {
    const { entity, stores } = this;
    const documents = stamps.flatMap((stamp) => stampableOf(entity, stamp));
    await stampAbove(documents, stores);
    for (const { image, floor } of stamps) {
      const { id, key, version } = image;
      if (id === null) await stores.authority.bury(entity, { key, floor, gone: version ?? 0 });
    }
  }
}

/** A stamp that a policy asks for changes no field; what was written without one may have changed any. */
function stampableOf(entity: EntityDefinition, { image, floor, merge }: Stamping): Stampable[] {
  const { id, key, version } = image;
  if (id === null) return [];
  const why = version === null ? {} : { fields: [], ...(merge ? { merge } : {}) };
  return [{ entity, id, key, seen: version, floor, ...why }];
}

/** What is given a new version above `floor`. */
interface Stamping extends Pick<Stampable, 'merge'> {
  readonly image: MongoImage;
  readonly floor: number;
}

/** What a lap leaves to be done. */
class NextLap {
  readonly open: Open[] = [];
  readonly settlements: SettledDelivery[] = [];
  readonly conflicts: Conflict[] = [];
  readonly stamps: Stamping[] = [];
}
