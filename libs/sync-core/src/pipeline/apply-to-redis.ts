import { fieldsOf } from '../domain/change-event.js';
import { sharedFields, type EntityDefinition } from '../domain/entity.js';
import { canonicalJson, type JsonObject } from '../domain/json.js';
import type { Stamp } from '../domain/stamp.js';
import type { Delivery, ProjectionResult, ProjectionTarget, Settlement } from '../ports/apply-targets.js';
import type { CaptureJournal } from '../ports/capture-journal.js';
import type { MongoAuthority } from '../ports/mongo-authority.js';

export interface ApplyToRedisStores {
  readonly projections: ProjectionTarget;
  readonly authority: MongoAuthority;
  readonly journal: Pick<CaptureJournal, 'known'>;
}

/** An incoming version that lost against a newer one. */
export interface Conflict {
  readonly entity: string;
  readonly key: string;
  readonly winner: Stamp;
  readonly loser: Stamp;
}

/**
 * Mongo → Redis. One atomic script compares, writes and settles the batch; what it leaves open needs a look at Mongo:
 * a `stale` image may mean that Mongo was set back, a `merge` that somebody changed Mongo without moving the version.
 *
 * Nothing is acknowledged before its consequences are in place, so a crash anywhere repeats the step.
 *
 * @returns the conflicts it met
 */
export async function applyToRedis(
  entity: EntityDefinition,
  deliveries: readonly Delivery[],
  stores: ApplyToRedisStores,
): Promise<readonly Conflict[]> {
  const results = await stores.projections.apply(entity, deliveries);
  const open = new OpenEnds(entity, stores);
  const conflicts: Conflict[] = [];
  for (const [index, delivery] of deliveries.entries()) {
    const result = results[index];
    if (!result) throw new Error(`no result for stream entry ${delivery.entryId}`);
    open.note(delivery, result);
    conflicts.push(...conflictOf(entity, delivery, result));
  }
  await open.close();
  return conflicts;
}

/** The deliveries of a batch that the script could not settle by itself. */
class OpenEnds {
  private readonly stale: { delivery: Delivery; winner: Stamp }[] = [];
  private readonly merges: { delivery: Delivery; stored: string | null }[] = [];

  constructor(
    private readonly entity: EntityDefinition,
    private readonly stores: ApplyToRedisStores,
  ) {}

  note(delivery: Delivery, result: ProjectionResult): void {
    if (result.settled) return;
    if (result.verdict === 'stale') this.stale.push({ delivery, winner: result.winner });
    else this.merges.push({ delivery, stored: result.stored });
  }

  async close(): Promise<void> {
    if (this.stale.length === 0 && this.merges.length === 0) return;
    const settlements = [...(await this.closeStale()), ...(await this.closeMerges())];
    await this.stores.projections.settle(settlements);
  }

  /** Where Mongo's current version is below Redis's settled one, Mongo was set back: Redis emits its record again. */
  private async closeStale(): Promise<Settlement[]> {
    if (this.stale.length === 0) return [];
    const keys = this.stale.map(({ delivery }) => delivery.event.key);
    const current = await this.stores.authority.current(this.entity, keys);
    for (const { delivery, winner } of this.stale) {
      const inMongo = current.get(delivery.event.key);
      if (inMongo && inMongo.version !== null && inMongo.version < winner.version) {
        await this.stores.projections.reissue(this.entity, delivery.event.key, winner.version);
      }
    }
    return this.stale.map(({ delivery }) => ({ delivery, outcome: 'stale' }));
  }

  /**
   * Same version, other content. If only Mongo-owned fields differ, Mongo's image is written. If a shared field
   * differs, somebody changed it without moving the version: the record is stamped, and comes back with a version.
   */
  private async closeMerges(): Promise<Settlement[]> {
    const settlements: Settlement[] = [];
    const writable: Delivery[] = [];
    for (const { delivery, stored } of this.merges) {
      if (sameShared(this.entity, delivery, stored)) writable.push(delivery);
      else {
        await this.stampOutsider(delivery);
        settlements.push({ delivery, outcome: 'superseded' });
      }
    }
    if (writable.length > 0) {
      const results = await this.stores.projections.apply(this.entity, writable, 'merge');
      for (const [index, delivery] of writable.entries()) {
        if (results[index]?.settled === false) settlements.push({ delivery, outcome: 'stale' });
      }
    }
    return settlements;
  }

  private async stampOutsider({ event }: Delivery): Promise<void> {
    const { journal, authority } = this.stores;
    const { held, flying } = await journal.known(this.entity, event.key);
    const current = (await authority.current(this.entity, [event.key])).get(event.key);
    if (current?.version !== event.version) return; // Mongo has moved on: a newer event is on its way
    const floor = Math.max(held, flying);
    await authority.stamp({ entity: this.entity, id: current.id, seen: event.version, floor });
  }
}

function sameShared(entity: EntityDefinition, { event }: Delivery, stored: string | null): boolean {
  if (stored === null || event.payload === null) return stored === event.payload;
  const inRedis = parseFields(stored);
  if (inRedis === null) return true; // not a text of ours: Mongo's image replaces it
  const text = (fields: JsonObject) => canonicalJson(sharedFields(entity, fields));
  return text(inRedis) === text(fieldsOf(event));
}

function parseFields(text: string): JsonObject | null {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return null;
  }
}

function conflictOf(entity: EntityDefinition, { event }: Delivery, result: ProjectionResult): Conflict[] {
  if (result.verdict !== 'stale') return [];
  const loser: Stamp = { version: event.version, source: event.source };
  return [{ entity: entity.name, key: event.key, winner: result.winner, loser }];
}
