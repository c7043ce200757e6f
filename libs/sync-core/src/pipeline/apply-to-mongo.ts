import type { EntityDefinition } from '../domain/entity.js';
import type { Stamp } from '../domain/stamp.js';
import type { Delivery, RecordResult, RecordTarget, Settlement } from '../ports/apply-targets.js';
import type { Conflict } from './apply-to-redis.js';
import { stampAbove, type Stampable, type StampStores } from './capture-changes.js';

export interface ApplyToMongoStores extends StampStores {
  readonly records: RecordTarget;
}

export interface ApplyToMongoReport {
  readonly conflicts: readonly Conflict[];
  /** Deliveries that Mongo will never take as they are. They are not settled. */
  readonly refused: readonly { readonly delivery: Delivery; readonly reason: string }[];
}

/**
 * Redis → Mongo. Collapses the batch to the newest version of each record, writes one bulk of conditional upserts,
 * and settles. A document that somebody wrote without a version wins over the incoming one: it is stamped above it,
 * and travels to Redis as a change of its own.
 */
export async function applyToMongo(
  entity: EntityDefinition,
  deliveries: readonly Delivery[],
  stores: ApplyToMongoStores,
): Promise<ApplyToMongoReport> {
  const { newest, superseded } = collapse(deliveries);
  const results = await stores.records.apply(entity, newest);

  const settlements: Settlement[] = superseded.map((delivery) => ({ delivery, outcome: 'superseded' }));
  const conflicts: Conflict[] = [];
  const refused: { delivery: Delivery; reason: string }[] = [];
  const unversioned: Stampable[] = [];
  for (const [index, delivery] of newest.entries()) {
    const result = results[index];
    if (!result) throw new Error(`no result for stream entry ${delivery.entryId}`);
    if (result.verdict === 'refused') {
      refused.push({ delivery, reason: result.reason });
      continue;
    }
    if (result.verdict === 'unstamped')
      unversioned.push({ entity, id: result.id, key: delivery.event.key, seen: null });
    settlements.push({ delivery, outcome: outcomeOf(result) });
    if (result.verdict === 'stale') conflicts.push(lost(entity, delivery, result.winner));
  }
  await stampAbove(unversioned, stores);
  await stores.records.settle(settlements);
  return { conflicts, refused };
}

function outcomeOf(result: Exclude<RecordResult, { verdict: 'refused' }>): Settlement['outcome'] {
  switch (result.verdict) {
    case 'apply':
      return 'applied';
    case 'same':
      return 'duplicate';
    case 'stale':
    case 'unstamped':
      return 'stale';
  }
}

/** The newest delivery of each key, and the others. Mongo would only overwrite the others at once. */
export function collapse(deliveries: readonly Delivery[]): {
  newest: readonly Delivery[];
  superseded: readonly Delivery[];
} {
  const newest = new Map<string, Delivery>();
  const superseded: Delivery[] = [];
  for (const delivery of deliveries) {
    const rival = newest.get(delivery.event.key);
    if (!rival) {
      newest.set(delivery.event.key, delivery);
    } else if (delivery.event.version > rival.event.version) {
      superseded.push(rival);
      newest.set(delivery.event.key, delivery);
    } else superseded.push(delivery);
  }
  return { newest: [...newest.values()], superseded };
}

function lost(entity: EntityDefinition, { event }: Delivery, winner: Stamp): Conflict {
  const loser: Stamp = { version: event.version, source: event.source };
  return { entity: entity.name, key: event.key, winner, loser };
}
