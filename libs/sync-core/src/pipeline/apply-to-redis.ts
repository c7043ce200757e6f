import { fieldsOf, type ChangeEvent } from '../domain/change-event.js';
import { sharedFields, type EntityDefinition } from '../domain/entity.js';
import { canonicalJson, type JsonObject } from '../domain/json.js';
import type { Source, Stamp } from '../domain/stamp.js';
import type { Delivery, ProjectionResult, ProjectionTarget, Settlement } from '../ports/apply-targets.js';
import type { MongoImage } from '../ports/change-feed.js';
import { eventOf, stampAbove, type StampStores } from './capture-changes.js';

export interface ApplyToRedisStores extends StampStores {
  readonly projections: ProjectionTarget;
}

/**
 * Mongo → Redis. One atomic script compares, writes and settles the batch; what it leaves open needs a look at Mongo:
 * a `stale` image may mean that Mongo was set back, a `merge` that somebody changed Mongo without moving the version.
 *
 * Nothing is acknowledged before its consequences are in place, so a crash anywhere repeats the step.
 *
 * A stale image is no conflict here: the newer version in Redis came from Mongo, or goes there and is compared there.
 */
export async function applyToRedis(
  entity: EntityDefinition,
  deliveries: readonly Delivery[],
  stores: ApplyToRedisStores,
): Promise<void> {
  const results = await stores.projections.apply(entity, deliveries);
  const open = new OpenEnds(entity, stores);
  for (const [index, delivery] of deliveries.entries()) {
    const result = results[index];
    if (!result) throw new Error(`no result for stream entry ${delivery.entryId}`);
    open.note(delivery, result);
  }
  await open.close();
}

/** What Redis holds at the same version: its content (`null`: deleted), and who wrote it. */
interface Stored {
  readonly content: string | null;
  readonly source: Source;
}

/** The deliveries of a batch that the script could not settle by itself. */
class OpenEnds {
  private readonly stale: { delivery: Delivery; winner: Stamp }[] = [];
  private readonly merges: { delivery: Delivery; stored: Stored }[] = [];

  constructor(
    private readonly entity: EntityDefinition,
    private readonly stores: ApplyToRedisStores,
  ) {}

  note(delivery: Delivery, result: ProjectionResult): void {
    if (result.settled) return;
    if (result.verdict === 'stale') this.stale.push({ delivery, winner: result.winner });
    else this.merges.push({ delivery, stored: { content: result.stored, source: result.source } });
  }

  async close(): Promise<void> {
    if (this.stale.length === 0 && this.merges.length === 0) return;
    const settlements = [...(await this.closeStale()), ...(await this.closeMerges())];
    await this.stores.projections.settle(settlements);
  }

  /**
   * Where Mongo's current version is below Redis's settled one, or Mongo has nothing at all, Mongo was set back: Redis
   * emits its record again.
   */
  private async closeStale(): Promise<Settlement[]> {
    if (this.stale.length === 0) return [];
    const keys = this.stale.map(({ delivery }) => delivery.event.key);
    const current = await this.stores.authority.current(this.entity, keys);
    for (const { delivery, winner } of this.stale) {
      if (isSetBack(current.get(delivery.event.key), winner.version)) {
        await this.stores.projections.reissue(this.entity, delivery.event.key, winner.version);
      }
    }
    return this.stale.map(({ delivery }) => ({ delivery, outcome: 'stale' }));
  }

  /**
   * Same version, other content: Mongo's image wins – the present one, since several images may share a version and
   * arrive in any order. If only Mongo-owned fields differ, it is written. So it is when each side's own client wrote
   * this version: a tie, which Mongo wins; a new version would make it win over later writes, too. If a shared field
   * differs otherwise, somebody changed it without moving the version: the document is stamped, and comes back.
   */
  private async closeMerges(): Promise<Settlement[]> {
    if (this.merges.length === 0) return [];
    const keys = this.merges.map(({ delivery }) => delivery.event.key);
    const current = await this.stores.authority.current(this.entity, keys);
    const settlements: Settlement[] = [];
    const writable: Delivery[] = [];
    for (const { delivery, stored } of this.merges) {
      const fresh = await this.resolveMerge(delivery.event, stored, current.get(delivery.event.key));
      if (fresh) writable.push({ entryId: delivery.entryId, event: fresh });
      else settlements.push({ delivery, outcome: 'superseded' });
    }
    return [...settlements, ...(await this.write(writable))];
  }

  /** The event to write; null when a newer one is on its way. */
  private async resolveMerge(
    event: ChangeEvent,
    stored: Stored,
    image: MongoImage | undefined,
  ): Promise<ChangeEvent | null> {
    if (!image) return event; // it is Mongo's last word
    if (image.version !== event.version) return null;
    const fresh = eventOf(this.entity, image, image.version);
    const tie = stored.source === 'redis' && image.source === 'mongo';
    if (tie || sameShared(this.entity, fresh, stored.content)) return fresh;
    const { id, key, version } = image;
    await stampAbove([{ entity: this.entity, id, key, seen: version }], this.stores);
    return null;
  }

  private async write(deliveries: readonly Delivery[]): Promise<Settlement[]> {
    if (deliveries.length === 0) return [];
    const results = await this.stores.projections.apply(this.entity, deliveries, 'merge');
    return deliveries
      .filter((_, index) => results[index]?.settled === false)
      .map((delivery) => ({ delivery, outcome: 'stale' }));
  }
}

/**
 * Whether Mongo, which once had `version` of a record, now holds less (`undefined`: nothing). A document without a
 * version does not count: it will be stamped above all that Redis holds.
 */
export function isSetBack(image: MongoImage | undefined, version: number): boolean {
  const present = image ? image.version : 0;
  return present !== null && present < version;
}

function sameShared(entity: EntityDefinition, event: ChangeEvent, stored: string | null): boolean {
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
